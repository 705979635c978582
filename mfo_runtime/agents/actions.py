"""The actions that a step offers to a model, each with the JSON Schema of its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from mfo_runtime.agents.exchange import ToolDef
from mfo_runtime.agents.prototypes import Prototype, schema_of


@dataclass(frozen=True, slots=True)
class Action:
    """An action.

    Attributes:
        name: by which the model calls it.
        description: what it does, for the model.
        schema: the JSON Schema of its parameters.
        prototype: the type that they are read as; None for a plain map.
    """

    name: str
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    prototype: Prototype | None = None

    @property
    def example(self) -> str:
        """Parameters as they may look, as JSON text, for people who look for a mistake."""
        return json.dumps(_example(self.schema), ensure_ascii=False)


class ActionRegistry:
    """The actions of one step, in the order in which they were registered."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}

    def register(self, name: str, prototype: Prototype | None = None, description: str = "") -> Self:
        """Add an action, or replace the one of that name.

        Args:
            name: by which the model calls it.
            prototype: a dataclass, a TypedDict, a pydantic model, or a JSON Schema; None for no parameters.
            description: what it does, for the model; the first line of the type's own docstring where it is empty.

        Raises:
            ValueError: the name is empty.
            TypeError: the type cannot be said in JSON Schema.
        """
        if not name.strip():
            raise ValueError("An action needs a name.")
        own = prototype.__dict__.get("__doc__") if isinstance(prototype, type) else None
        words = description or (_first_line(own, prototype) if isinstance(own, str) else "")
        self._actions[name] = Action(name, words, schema_of(prototype), prototype)
        return self

    @property
    def actions(self) -> tuple[Action, ...]:
        """All of them."""
        return tuple(self._actions.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self._actions)

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self._actions

    def get(self, name: str) -> Action | None:
        """The action of a name."""
        return self._actions.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    def to_tool_defs(self) -> tuple[ToolDef, ...]:
        """The actions as tools of a model."""
        return tuple(ToolDef(one.name, one.description, one.schema) for one in self._actions.values())


def _first_line(text: str, prototype: Prototype | None) -> str:
    line = text.strip().partition("\n")[0].strip()
    return "" if isinstance(prototype, type) and line.startswith(f"{prototype.__name__}(") else line


def _example(schema: Any, depth: int = 0) -> Any:
    if not isinstance(schema, Mapping) or depth > 8:  # noqa: PLR2004 - what a person reads
        return None
    keywords: dict[str, Any] = dict(schema)  # pyright: ignore[reportUnknownArgumentType]
    if "default" in keywords:
        return keywords["default"]
    if keywords.get("enum"):
        return keywords["enum"][0]
    match keywords.get("type"):
        case "object":
            properties: Mapping[str, Any] = keywords.get("properties") or {}
            return {name: _example(inner, depth + 1) for name, inner in properties.items()}
        case "array":
            return [_example(keywords.get("items"), depth + 1)]
        case "string":
            return "text"
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case _:
            return None
