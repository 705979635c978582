"""Whether the keys of a map are right, told from the declaration and the keys alone."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

from mfo_dialect.analysis.visits import known_keys
from mfo_dialect.catalogue.values import Key, MapType
from mfo_dialect.syntax import Mapping

_MOST_KEPT = 20_000
_judged: dict[tuple[int, tuple[str, ...]], tuple[bool, MappingOf[str, Key]]] = {}
"""What was said of maps with the same declaration and the same keys, of which there are few, however many maps there are."""


def has_right_keys(mapping: Mapping, declared: MapType) -> bool:
    """Whether the keys of a map are surely those that it may and must have, whatever stands under them and around it."""
    keys = known_keys(mapping, declared)
    names = tuple(mapping.names())
    known = _judged.get((id(keys), names))
    if known is None:
        if len(_judged) >= _MOST_KEPT:
            _judged.clear()
        known = _are_right(frozenset(names), keys, declared), keys  # which are kept, so that no others have their id
        _judged[id(keys), names] = known
    return known[0]


def _are_right(names: frozenset[str], keys: MappingOf[str, Key], declared: MapType) -> bool:
    if declared.others is None and not names <= keys.keys():
        return False
    needed = {key.name for key in keys.values() if key.required}
    needed |= {second for first, second in declared.needs if first in names}
    if not needed <= names or not keys.keys() & _NOT_EVERYWHERE <= names:
        return False
    if declared.title == "task" and "error_handling" in names:  # which its config may have too
        return False
    groups = (*declared.one_of, *declared.any_of)
    return all(names.intersection(group) for group in groups) and all(
        len(names.intersection(group)) <= 1 for group in (*declared.one_of, *declared.at_most_one_of)
    )


_NOT_EVERYWHERE = frozenset({"workflow_name"})
"""What some maps need because of their kind."""
