"""What is declared for the values of a map or list, worked out once for all maps that are declared alike and have the same keys."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import NamedTuple

from mfo_dialect.analysis.sure_values import are_plain_names, are_right_names, verdicts_on
from mfo_dialect.analysis.visits import choose, known_keys, references_of
from mfo_dialect.catalogue.values import (
    Format,
    Key,
    MapType,
    Names,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_dialect.syntax import Mapping, Origin, Scalar, Style

_MOST_KEPT = 20_000
_NOTABLE_NAMES = frozenset(
    {
        Names.TASK_TYPE,
        Names.PROMPT_TEMPLATE,
        Names.ERROR_TEMPLATE,
        Names.AGENT,
        Names.TOOL,
        Names.CAPABILITY,
        Names.SECRET,
    }
)
_NOTABLE_FORMATS = frozenset({Format.TEMPLATE, Format.CRON, Format.TIMEZONE})
ADDRESSES = frozenset({"url", "base_url"})
"""The keys whose texts are addresses."""


def is_notable(declared: ValueType, key: Key | None) -> bool:
    """Whether a declaration says so much of a value that somebody looks at each value that is declared so.

    Args:
        declared: what the value may be.
        key: the key under which it stands.
    """
    if key is not None and key.replacement:
        return True
    if isinstance(declared, TextType):
        is_address = key is not None and key.name in ADDRESSES
        return is_address or declared.names in _NOTABLE_NAMES or declared.format in _NOTABLE_FORMATS
    return isinstance(declared, SchemaType) or (isinstance(declared, MapType) and declared.title == "schema")


class Child:
    """What is declared for the values under one key, or in one list.

    Attributes:
        declared: what they may be.
        key: the key.
        of_scalar: of several options, the one for scalars.
        verdicts: what was said of scalars.
        is_notable: whether scalars are notable, and all others where there are no options.
        references: which references scalars are read for.
    """

    __slots__ = ("declared", "is_notable", "key", "of_plain", "of_quoted", "of_scalar", "references", "verdicts")

    def __init__(self, declared: ValueType, key: Key | None) -> None:
        """Look at a declaration."""
        self.declared = declared
        self.key = key
        self.of_scalar = choose(declared, _SOME_SCALAR)
        self.verdicts = verdicts_on(self.of_scalar)
        self.of_plain, self.of_quoted = self.verdicts.of_plain, self.verdicts.of_quoted
        self.is_notable = is_notable(self.of_scalar, key)
        self.references = references_of(self.of_scalar)


_SOME_SCALAR = Scalar(Origin(""), 0, 0, "", Style.PLAIN)


class Layout(NamedTuple):
    """What maps have in common that are declared alike and have the same keys.

    Attributes:
        is_right: whether the keys are right.
        children: what is declared for the values, in the order of the keys; None where nothing is.
        keys: the keys that such a map may have; kept, so that no others have their identity.
    """

    is_right: bool
    children: tuple[Child | None, ...]
    keys: MappingOf[str, Key]


_layouts: dict[tuple[int, tuple[str, ...]], Layout] = {}
_children: dict[tuple[int, int], Child] = {}


def layout_of(mapping: Mapping, names: tuple[str, ...], declared: MapType) -> Layout:
    """The layout of a map with such keys, none of them twice, merged or a slip."""
    keys = known_keys(mapping, declared)
    layout = _layouts.get((id(keys), names))
    if layout is None:
        if len(_layouts) >= _MOST_KEPT:
            _layouts.clear()
        is_right = are_right_names(names, keys, declared) and (declared.key_names is None or are_plain_names(names))
        children = tuple(child_at(name, keys, declared) for name in names)
        layout = _layouts[id(keys), names] = Layout(is_right, children, keys)
    return layout


def child_at(name: str, keys: MappingOf[str, Key], declared: MapType) -> Child | None:
    """What a map with such keys declares for the value under one of them; None where it declares nothing."""
    key = keys.get(name)
    child_type = key.type if key is not None else declared.others
    return child_of(child_type, key) if child_type is not None else None


def child_of(declared: ValueType, key: Key | None = None) -> Child:
    """What is declared for a value that stands under a key, or for the items of a list."""
    known = _children.get((id(declared), id(key)))
    if known is None:
        if len(_children) >= _MOST_KEPT:
            _children.clear()
        known = _children[id(declared), id(key)] = Child(
            declared, key
        )  # which keeps both, so that no others have their id
    return known
