"""What follows from a value, worked out when it is first asked for, and then kept with the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Owner = TypeVar("_Owner")
_T = TypeVar("_T")


class kept_property(Generic[_Owner, _T]):  # noqa: N801 - it stands where ``property`` would
    """As ``functools.cached_property``, which up to Python 3.11 takes a lock each time, and so takes twice as long.

    Two threads that ask at once may both work it out; what they find is the same.
    """

    def __init__(self, work_out: Callable[[_Owner], _T]) -> None:
        """Keep what ``work_out`` says of an object, in the object's ``__dict__``."""
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, owner: None, cls: type) -> kept_property[_Owner, _T]: ...
    @overload
    def __get__(self, owner: _Owner, cls: type) -> _T: ...
    def __get__(self, owner: Any, cls: type) -> kept_property[_Owner, _T] | _T:
        """The value; asked for once, as from then on the object's own attribute comes first."""
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._work_out(owner)
        return value
