"""Reading the files that a command is given: inputs, payloads, scripts; and inputs written on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping, Node, Sequence, SyntaxTree, TooManyNodesError, parse, to_value
from mfo_runtime.errors import InvalidInputError, Place
from mfo_runtime.flow.loading import absolute_path, readable_text
from mfo_workspace.files import DiskFiles

Steps: TypeAlias = tuple[str | int, ...]


def read_data(path: str) -> Any:
    """The value that a YAML or JSON file holds.

    Raises:
        InvalidInputError: it cannot be read, or is neither YAML nor JSON; the message says where.
    """
    if path.lower().endswith(".json"):
        return _read_json(path)
    root = _read_root(path)[1]
    try:
        return to_value(root)
    except TooManyNodesError as error:
        raise InvalidInputError(f"{path}: {error}.") from None


def read_data_with_places(path: str) -> tuple[Any, Callable[[Steps], str]]:
    """As ``read_data``, and where the value under a path of keys and indexes stands: ``scripted.yml:12``."""
    tree, root = _read_root(path)

    def place(steps: Steps) -> str:
        node = root
        for step in steps:
            below = _below(node, step)
            if below is None:
                break
            node = below
        line = tree.lines.line_of(node.span.start) + 1 if node is not None else 1
        return f"{path}:{line}"

    return read_data(path), place


def _below(node: Node | None, step: str | int) -> Node | None:
    match node:
        case Mapping():
            return node.get(str(step))
        case Sequence() if isinstance(step, int) and step < len(node.items):
            return node.items[step]
        case _:
            return None


def _read_json(path: str) -> Any:
    try:
        return json.loads(readable_text(path, absolute_path(path), DiskFiles()), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = Place(path, error.lineno, error.colno)
        raise InvalidInputError(f"this is no JSON: {error.msg}.", place=place, hint="") from None
    except (ValueError, RecursionError):
        raise InvalidInputError(f"{path}: this is no JSON that can be read.", hint="") from None


def _read_root(path: str) -> tuple[SyntaxTree, Node | None]:
    tree = parse(readable_text(path, absolute_path(path), DiskFiles()))
    if tree.problems:
        problem = tree.problems[0]
        position = tree.lines.position(problem.span.start)
        raise InvalidInputError(
            f"{problem.message}.", place=Place(path, position.line + 1, position.column + 1), hint=""
        )
    return tree, tree.documents[0].root if tree.documents else None


def read_inputs(path: str | None, pairs: tuple[str, ...], schema: Any = None) -> dict[str, Any]:
    """INPUT from a file and from ``name=value`` pairs, which win.

    Args:
        path: the file; None for none.
        pairs: values that are JSON count as such, but for those that ``schema`` declares as text.
        schema: the JSON Schema of the inputs; None for none.

    Raises:
        InvalidInputError: the file is no map, a pair has no name, or the schema has no such input.
    """
    inputs: object = read_data(path) if path is not None else None
    if inputs is not None and not isinstance(inputs, dict):
        raise InvalidInputError(f"{path} is no map of inputs.")
    result = {str(name): value for name, value in cast("dict[object, Any]", inputs or {}).items()}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise InvalidInputError(f'"{pair}" is no input; write name=value.', hint="")
        result[name.strip()] = value if _is_text(name.strip(), schema) else _value(value)
    _check_names(result, schema)
    return result


def _check_names(inputs: dict[str, Any], schema: Any) -> None:
    """A schema that lists properties allows no other inputs, unless it says so (dialect section 6)."""
    declared = cast("dict[str, Any]", schema).get("properties") if isinstance(schema, dict) else None
    if not isinstance(declared, dict) or "additionalProperties" in schema:
        return
    names = [str(name) for name in cast("dict[object, Any]", declared)]
    unknown = next((name for name in inputs if name not in names), None)
    if unknown is not None:
        there_are = did_you_mean(unknown, names) or f"; there are {', '.join(names)}"
        raise InvalidInputError(f'The flow has no input "{unknown}"{there_are}.', hint="")


def _is_text(name: str, schema: Any) -> bool:
    for key in ("properties", name):
        schema = cast("dict[str, Any]", schema).get(key) if isinstance(schema, dict) else None
    return isinstance(schema, dict) and cast("dict[str, Any]", schema).get("type") == "string"


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return text


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
