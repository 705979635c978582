"""JSON Schemas as documents write them: whole, or by the name of one of the bundle's."""

from __future__ import annotations

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.shapes import UNKNOWN, Shape, from_json_schema
from mfo_dialect.syntax import Mapping, Node, Scalar, TooManyNodesError, to_value


def schema_data(node: Node | None, bundle: Bundle) -> object:
    """A schema as plain data; None where there is none, it has an unknown name, or aliases multiply it too often."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        declared = bundle.schemas.get(node.value)
        node = declared.node if declared is not None else None
    if not isinstance(node, Mapping):
        return None
    try:
        return to_value(node)
    except TooManyNodesError:
        return None


def schema_shape(node: Node | None, bundle: Bundle) -> Shape:
    """What a schema says of a value; unknown where there is no schema or a part of it could not be read."""
    if node is None or node.damaged:
        return UNKNOWN
    return from_json_schema(schema_data(node, bundle))
