"""The params of the requests that the protocol does not define: read from JSON, refused where they are not as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lsprotocol import types


@dataclass(frozen=True, slots=True)
class OwnParams:
    """What ``mfo/graph``, ``mfo/renderedPrompt`` and ``mfo/why`` are asked about.

    Attributes:
        uri: the document.
        position: a place in it.
        names: the texts among the other params, by name.
        inputs: values by name; None where none are said.
        folded: the paths of subflows.
    """

    uri: str
    position: types.Position | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    inputs: Mapping[str, Any] | None = None
    folded: tuple[str, ...] = ()


def read_own_params(params: object) -> OwnParams:
    """Read ``{textDocument: {uri}, position?, inputs?, ...}``.

    Raises:
        ValueError: something in it is of another type.
    """
    said = _map(params)
    uri = _map(said.get("textDocument")).get("uri")
    position = _map(said["position"]) if said.get("position") is not None else None
    inputs = _map(said["inputs"]) if said.get("inputs") is not None else None
    if not isinstance(uri, str):
        raise ValueError("textDocument names no uri")  # noqa: TRY004 - the caller knows one error
    names = {name: value for name, value in said.items() if isinstance(value, str)}
    folded = _texts(said.get("folded"))
    return OwnParams(uri, _position(position) if position is not None else None, names, inputs, folded)


def _map(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("not a map")  # noqa: TRY004 - as above
    return cast("Mapping[str, Any]", value)


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 - as above
    return tuple(text for text in cast("list[object]", value) if isinstance(text, str))


def _position(said: Mapping[str, Any]) -> types.Position:
    line, character = said.get("line"), said.get("character")
    if not isinstance(line, int) or not isinstance(character, int) or line < 0 or character < 0:
        raise ValueError("not a position")
    return types.Position(line, character)
