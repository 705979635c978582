"""Reading documents as the engine does: references replaced, types kept (dialect section 6).

Which scalars are read for which spellings comes from the catalogue, as it does for the editor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from mfo_dialect.analysis.visits import fits_kind, known_keys, references_of
from mfo_dialect.catalogue.values import EitherType, Key, ListType, MapType, References, ValueType
from mfo_dialect.references import Reference, substitute
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Scalar, Sequence, follow

Lookup = Callable[[Scalar, Reference], Any]
MAX_VALUES = 100_000


class TooLargeError(ValueError):
    """Aliases multiply a value beyond ``MAX_VALUES`` values."""


class AbsentPathError(LookupError):
    """A path leads nowhere; the message says where it ends and what there is instead.

    Attributes:
        index: which name of the path is not there.
    """

    def __init__(self, message: str, index: int) -> None:
        """Say which of the path's names, counted from 0, is not there."""
        super().__init__(message)
        self.index = index


def read_value(node: Node, value_type: ValueType, lookup: Lookup, is_root: Callable[[str], bool]) -> Any:
    """A node as plain data, its references replaced.

    Args:
        node: the node.
        value_type: what the catalogue declares for it.
        lookup: gives the value of a reference in a scalar; what it raises passes through.
        is_root: whether a bare path with this root is a reference here.

    Raises:
        TooLargeError: aliases multiply the value without bound.
    """
    return _Reader(lookup, is_root).read(node, value_type)


class _Reader:
    def __init__(self, lookup: Lookup, is_root: Callable[[str], bool]) -> None:
        self._lookup = lookup
        self._is_root = is_root
        self._left = MAX_VALUES

    def read(self, node: Node, value_type: ValueType) -> Any:
        self._left -= 1
        if self._left < 0:
            raise TooLargeError(f"aliases multiply this value to more than {MAX_VALUES} values")
        node = follow(node)
        if isinstance(value_type, EitherType):
            value_type = next((option for option in value_type.options if fits_kind(option, node)), value_type)
        match node:
            case Scalar():
                return self._scalar(node, references_of(value_type))
            case Sequence():
                item_type = value_type.item if isinstance(value_type, ListType) else value_type
                return [self.read(item, item_type) for item in node.items]
            case MappingNode():
                return self._mapping(node, value_type)
            case _:
                return None

    def _mapping(self, node: MappingNode, value_type: ValueType) -> dict[str, Any]:
        keys: Mapping[str, Key] = known_keys(node, value_type) if isinstance(value_type, MapType) else {}
        others = (value_type.others or value_type) if isinstance(value_type, MapType) else value_type
        result: dict[str, Any] = {}
        for pair in node.effective_pairs():
            if pair.name is not None and pair.name not in result:
                key = keys.get(pair.name)
                result[pair.name] = self.read(pair.value, others if key is None else key.type)
        return result

    def _scalar(self, scalar: Scalar, references: References) -> Any:
        plain = scalar.value
        if references is References.NONE or not isinstance(plain, str):
            return plain
        is_root = self._is_root if references is References.ALL else None
        return substitute(scalar.text, lambda reference: self._lookup(scalar, reference), is_root)


def follow_path(value: Any, names: tuple[str, ...], subject: str, first: int = 1) -> Any:
    """The value below another one; below null everything is null, since a skipped node reads as null.

    Args:
        value: where to start.
        names: keys and indexes.
        subject: what the start is called, for messages.
        first: the place of the first of these names in the whole path.

    Raises:
        AbsentPathError: a key or index is not there.
    """
    for index, name in enumerate(names):
        if value is None:
            return None
        value = _step(value, name, subject, first + index)
        subject = f"{subject}.{name}"
    return value


def _step(value: Any, name: str, subject: str, index: int) -> Any:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        key = _matching_key(fields, name, ignore_case=subject.endswith(".resource"))
        if key is None:
            keys = [str(key) for key in fields]
            raise AbsentPathError(f'{subject} has no "{name}"{did_you_mean(name, keys) or _all(keys)}', index)
        return fields[key]
    if isinstance(value, list) and name.isdecimal():
        items = cast("list[Any]", value)
        if int(name) >= len(items):
            raise AbsentPathError(f"{subject} has {len(items)} items, so there is no item {name}", index)
        return items[int(name)]
    raise AbsentPathError(f'{subject} is {_kind(cast("object", value))} and has no "{name}"', index)


def _matching_key(value: Mapping[str, Any], name: str, *, ignore_case: bool) -> str | None:
    if name in value:
        return name
    folded = name.casefold()
    return next((key for key in value if ignore_case and key.casefold() == folded), None)


def _all(names: list[str]) -> str:
    return f"; there {'is' if len(names) == 1 else 'are'} {', '.join(names[:8])}" if names else "; it is empty"


def _kind(value: object) -> str:
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a value"
