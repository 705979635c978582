"""Whether a written value may stand for another one that is known only when the flow runs."""

from __future__ import annotations

from mfo_dialect.analysis.visits import references_of
from mfo_dialect.catalogue.values import EitherType, ListType, MapType, References, ValueType
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.syntax import Node, Scalar

_MAX_DEPTH = 4
_CORE_TAGS = ("!!", "!<tag:yaml.org,2002:")


def may_be_reference(node: Node, value_type: ValueType) -> bool:
    """Whether a scalar holds a reference and its place is read for references, so that its value is not known."""
    if not isinstance(node, Scalar):
        return False
    references = references_below(value_type)
    if references is References.NONE:
        return False
    if any(isinstance(piece, Reference) for piece in scan(node.text)):
        return True
    return references is References.ALL and bare_reference(node.text) is not None


def references_below(value_type: ValueType, depth: int = 0) -> References:
    """The references that the scalars at or below a place are read for; the most that any of them is."""
    if depth > _MAX_DEPTH:
        return References.NONE
    match value_type:
        case ListType(item=item):
            return references_below(item, depth + 1)
        case MapType(others=others) if others is not None:
            return references_below(others, depth + 1)
        case EitherType(options=options):
            found = {references_below(option, depth + 1) for option in options}
            return next((r for r in (References.ALL, References.EXPLICIT) if r in found), References.NONE)
        case MapType():
            return References.NONE
        case _:
            return references_of(value_type)


def has_own_tag(node: Node) -> bool:
    """Whether a tag of somebody else says what the value is."""
    return node.tag is not None and not node.tag.startswith(_CORE_TAGS)
