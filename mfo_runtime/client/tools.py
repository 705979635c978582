"""The tools that the server offers, and running them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.client.answers import Answer
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.pages import Listing
from mfo_runtime.client.routes import Operation


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the server; ``parameters`` is the JSON Schema of its arguments."""

    id: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back."""

    result: Any
    data: Mapping[str, Any] = field(repr=False)


class Tools:
    """``/api/tools``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def list(self) -> tuple[Tool, ...]:
        """All tools, from all pages."""
        return await self.each().all()

    def each(self, *, page_size: int | None = None) -> Listing[Tool]:
        """All tools, to be iterated over or read page by page."""
        return Listing(self._calls, Operation.TOOL_LIST, "tools", _tool, page_size=page_size)

    async def execute(self, tool_id: str, arguments: Mapping[str, Any], provider_id: str | None = None) -> ToolResult:
        """Run a tool and wait for its result."""
        body: dict[str, Any] = {"arguments": dict(arguments)}
        if provider_id is not None:
            body["provider_id"] = provider_id
        answer = Answer.of(await self._calls(Operation.TOOL_EXECUTE, {"tool_id": tool_id}, body=body))
        return ToolResult(answer.anything("result"), answer.data)


def _tool(answer: Answer) -> Tool:
    name = answer.optional_text("name")
    return Tool(
        id=answer.identifier("id") if "id" in answer.data or not name else name,
        name=name or answer.identifier("id"),
        description=answer.optional_text("description"),
        parameters=answer.mapping("parameters"),
        data=answer.data,
    )
