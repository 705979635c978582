"""What is known of a value: known, known to be absent, or unknown."""

import pytest

from mfo_dialect.shapes import UNKNOWN, Kind, Shape, from_json_schema, of_value, step

CLOSED = {"properties": {"a": {"type": "string"}}}
KNOWN, ABSENT, SILENT = "known", "absent", "silent"

PATHS = [
    # a JSON Schema, a path, and what is known of it
    (CLOSED, ["a"], KNOWN),
    (CLOSED, ["b"], ABSENT),
    (CLOSED, ["a", "x"], ABSENT),
    ({"type": "object", **CLOSED, "additionalProperties": False}, ["b"], ABSENT),
    ({"type": "object", **CLOSED, "additionalProperties": True}, ["b"], SILENT),
    ({"type": "object", **CLOSED, "additionalProperties": {"type": "integer"}}, ["b"], KNOWN),
    ({"type": "object"}, ["a"], SILENT),
    ({"type": "object", "additionalProperties": {"type": "string"}}, ["a", "b"], ABSENT),
    ({"properties": {"a": CLOSED}}, ["a", "b"], SILENT),
    ({"properties": {"a": {**CLOSED, "additionalProperties": False}}}, ["a", "b"], ABSENT),
    ({"type": "array", "items": {"type": "string"}}, ["0"], KNOWN),
    ({"type": "array", "items": {"type": "string"}}, ["0", "a"], ABSENT),
    ({"type": "array", "items": {"type": "string"}}, ["first"], ABSENT),
    ({"type": "array", "items": CLOSED}, ["0", "b"], SILENT),
    ({"type": "array"}, ["0", "a"], SILENT),
    ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["0"], SILENT),
    ({"type": "string"}, ["a"], ABSENT),
    ({"type": ["string", "object"]}, ["a"], SILENT),
    ({"enum": [1, 2]}, ["a"], SILENT),
    ({}, ["a"], SILENT),
    (True, ["a"], SILENT),
    (False, ["a"], SILENT),
    (None, ["a"], SILENT),
    ("a name", ["a"], SILENT),
    ({"$ref": "#/$defs/x"}, ["a"], SILENT),
    ({**CLOSED, "allOf": [{}]}, ["b"], SILENT),
    ({**CLOSED, "oneOf": [{}]}, ["b"], SILENT),
    ({**CLOSED, "patternProperties": {"^x": {}}}, ["xb"], SILENT),
    ({"type": "object", "properties": None}, ["a"], SILENT),
    ({"type": "object", "properties": {"a": 3}}, ["a", "b"], SILENT),
    ({"type": 3}, ["a"], SILENT),
]


@pytest.mark.parametrize(("schema", "path", "known"), PATHS)
def test_what_a_schema_says_of_a_path(schema: object, path: list, known: str) -> None:
    shape: Shape | None = from_json_schema(schema)
    for name in path:
        assert shape is not None
        shape = step(shape, name)
    assert {None: ABSENT, Kind.ANY: SILENT}.get(shape and shape.kind, KNOWN) == known


def test_words_and_choices_come_along() -> None:
    shape = from_json_schema({"type": "string", "enum": ["a", "b"], "description": "One of two."})
    assert (shape.kind, shape.choices, shape.description) == (Kind.TEXT, ("a", "b"), "One of two.")


def test_a_schema_without_end_is_followed_to_a_bound() -> None:
    schema: dict[str, object] = {}
    schema["properties"] = {"a": schema}
    shape: Shape | None = from_json_schema(schema)
    for _ in range(40):
        assert shape is not None
        shape = step(shape, "a")
    assert shape == UNKNOWN


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"), (True, "boolean"), (3, "integer"), (0.5, "number"), ("x", "string"), ({}, "map"),
        ([], "list"), ([1, 2], "list of integer"), ([1, "x"], "list"), (object(), "any"),
    ],
)  # fmt: skip
def test_the_shape_of_a_value_at_hand(value: object, words: str) -> None:
    assert str(of_value(value)) == words


def test_a_map_at_hand_is_closed() -> None:
    shape = of_value({"a": {"b": 1}})
    inner = step(shape, "a")
    assert inner is not None
    assert (step(inner, "b"), step(inner, "c"), step(shape, "x")) == (of_value(1), None, None)
