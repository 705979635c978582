"""Actions and their parameters: schemas out of types, values out of what a model gives."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Literal, NotRequired, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from mfo_runtime.agents import Action, ActionRegistry, Response, ResponseKind, ToolDef, params_as, schema_of, value_of
from tests.effort import examples


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Filter:
    name: str
    values: list[int] = field(default_factory=list)


@dataclass
class Search:
    """Look for things to buy."""

    keywords: Annotated[str, "what to look for"]
    size: Size = Size.SMALL
    most: int = field(default=5, metadata={"description": "how many"})
    filters: tuple[Filter, ...] = ()
    near: str | None = None


class Chat(TypedDict):
    tone: Literal["kind", "brief"]
    words: NotRequired[int]


class Order(BaseModel):
    item: str = Field(description="what is bought")
    count: int = 1


def test_a_dataclass_becomes_a_schema_with_its_descriptions():
    (action,) = ActionRegistry().register("search", Search).actions
    schema = action.schema
    assert (schema, action.prototype) == (schema_of(Search), Search)
    assert schema["required"] == ["keywords"]
    assert schema["properties"]["keywords"] == {"type": "string", "description": "what to look for"}
    assert schema["properties"]["most"] == {"type": "integer", "description": "how many", "default": 5}
    assert schema["properties"]["size"] == {"enum": ["small", "large"]}
    assert schema["properties"]["filters"]["items"]["required"] == ["name"]
    Draft202012Validator.check_schema(schema)


def test_typed_dicts_and_pydantic_models_and_schemas_are_prototypes_too():
    assert schema_of(Chat)["required"] == ["tone"]
    assert schema_of(Chat)["properties"]["tone"] == {"enum": ["kind", "brief"]}
    assert schema_of(Order)["properties"]["item"]["description"] == "what is bought"
    assert schema_of({"type": "object", "maxProperties": 1}) == {"type": "object", "maxProperties": 1}


def test_a_type_that_json_cannot_say_is_refused():
    with pytest.raises(TypeError, match="cannot be said"):
        schema_of(complex)


@dataclass
class Endless:
    inner: Endless | None = None


def test_a_type_that_contains_itself_is_refused():
    with pytest.raises(TypeError, match="contains itself"):
        schema_of(Endless)


def test_actions_are_registered_in_order_and_known_by_name():
    registry = ActionRegistry()
    assert registry.is_empty
    registry.register("search", Search).register("chat", Chat, "Talk.")
    assert registry.names == ("search", "chat")
    assert [action.description for action in registry.actions] == ["Look for things to buy.", "Talk."]
    assert "search" in registry
    assert "fly" not in registry
    assert not registry.is_empty
    with pytest.raises(ValueError, match="name"):
        registry.register(" ")


def test_actions_become_tools():
    (tool,) = ActionRegistry().register("chat", Chat, "Talk.").to_tool_defs()
    assert tool == ToolDef("chat", "Talk.", schema_of(Chat))
    assert tool.to_data() == {"name": "chat", "description": "Talk.", "parameters": schema_of(Chat)}


def test_an_action_shows_an_example_that_fits_its_schema():
    (action,) = ActionRegistry().register("search", Search).actions
    assert isinstance(action, Action)
    Draft202012Validator(action.schema["properties"]["filters"]).validate(json.loads(action.example)["filters"])


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"enum": ["small", "large"]}, '"small"'),
        ({"type": "string", "default": "für"}, '"für"'),
        ({"type": "array", "items": {"type": "boolean"}}, "[true]"),
        ({"type": "object", "properties": {"count": {"type": "integer"}}}, '{"count": 1}'),
        ({}, "null"),
    ],
)
def test_an_example_is_what_people_would_write(schema, text):
    assert Action("a", schema=schema).example == text


class Line(BaseModel):
    words: list[Order]


class Tree(BaseModel):
    inner: list[Tree] = []


@dataclass
class Parcel:
    line: Line
    size: tuple[int, str]
    notes: dict[str, Filter]
    sender: Annotated[Filter | str, "who sends it"]
    weights: frozenset[float] = frozenset()


@dataclass
class Wood:
    tree: Tree


def test_types_inside_types_are_read_as_they_are():
    data = {
        "line": {"words": [{"item": "hat"}]},
        "size": [3, "cm"],
        "notes": {"a": {"name": "x"}},
        "sender": {"name": "y"},
        "weights": [1.5, 1.5],
    }
    Draft202012Validator.check_schema(schema_of(Parcel))
    assert value_of(Parcel, data) == Parcel(
        Line(words=[Order(item="hat")]), (3, "cm"), {"a": Filter("x")}, Filter("y"), frozenset({1.5})
    )
    assert value_of(Parcel, data | {"sender": "Ada"}).sender == "Ada"
    assert schema_of(Parcel)["properties"]["sender"]["description"] == "who sends it"


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("line", {"words": [{"count": 1}]}),
        ("size", [3]),
        ("size", ["cm", 3]),
        ("notes", {"a": {}}),
        ("sender", 3),
        ("weights", ["heavy"]),
    ],
)
def test_what_does_not_fit_inside_is_refused(key, wrong):
    right = {"line": {"words": []}, "size": [3, "cm"], "notes": {}, "sender": "Ada"}
    assert value_of(Parcel, right).sender == "Ada"
    with pytest.raises(ValueError, match=key):
        value_of(Parcel, right | {key: wrong})


def test_a_model_that_contains_itself_is_refused_below_another_type():
    assert value_of(Tree, {"inner": [{"inner": []}]}) == Tree(inner=[Tree()])
    with pytest.raises(TypeError, match="contains itself"):
        schema_of(Wood)


def test_an_action_without_parameters_takes_a_map():
    (action,) = ActionRegistry().register("stop").actions
    assert action.schema == {"type": "object", "properties": {}}


def test_only_a_call_is_an_action():
    assert not Response(action="search").is_action("search")
    assert call("buy", item="hat").to_data() == {"type": "method", "action": "buy", "params": {"item": "hat"}}


def call(action, **params):
    return Response(ResponseKind.METHOD, action, params)


def test_parameters_are_read_as_their_type():
    found = params_as(call("search", keywords="red", filters=[{"name": "x", "values": [1]}]), "search", Search)
    assert found == Search("red", filters=(Filter("x", [1]),))
    assert params_as(call("search", keywords="red", size="large"), "search", Search).size is Size.LARGE
    assert params_as(call("chat", tone="kind"), "chat", Chat) == {"tone": "kind"}
    assert params_as(call("buy", item="hat", count=2), "buy", Order) == Order(item="hat", count=2)


def test_parameters_of_another_action_or_of_another_shape_are_none():
    assert params_as(call("chat", tone="kind"), "search", Search) is None
    assert params_as(call("search"), "search", Search) is None
    assert params_as(call("buy", item=[]), "buy", Order) is None
    assert params_as(Response(message="hello"), "search", Search) is None
    assert params_as(None, "search", Search) is None


def test_parsing_parameters_says_what_is_wrong():
    assert call("chat", tone="kind").parse_params(Chat) == {"tone": "kind"}
    with pytest.raises(ValueError, match="keywords"):
        call("search").parse_params(Search)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=examples(25), deadline=None)
@given(json_values | st.fixed_dictionaries({"keywords": json_values, "filters": json_values, "near": json_values}))
def test_whatever_a_model_gives_is_a_value_or_a_value_error(data):
    for prototype in (Search, Chat, Order):
        with contextlib.suppress(ValueError):
            assert value_of(prototype, data) is not None
