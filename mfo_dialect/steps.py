"""Long work in short steps, for who may not be kept from other things; to all others it is a call."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Generic, TypeAlias, TypeVar

_T = TypeVar("_T")

Steps: TypeAlias = Generator[None, None, _T]
"""Work that stops after each short step, and gives what it was for at its end."""


def at_once(steps: Steps[_T]) -> _T:
    """Do all of the work; whatever it raises comes through."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


class Stepwise(Generic[_T]):
    """Work under way."""

    __slots__ = ("_found", "_steps")

    def __init__(self, steps: Steps[_T]) -> None:
        """Take work of which nothing is done yet."""
        self._steps: Steps[_T] | None = steps
        self._found: list[_T] = []

    @property
    def result(self) -> _T:
        """What it was for, once it is done."""
        return self._found[0]

    def go_on(self, has_time: Callable[[], bool]) -> bool:
        """Work as long as there is time; says whether all is done. Whatever the work raises comes through."""
        while self._steps is not None and has_time():
            try:
                next(self._steps)
            except StopIteration as end:
                self._found.append(end.value)
                self._steps = None
        return self._steps is None
