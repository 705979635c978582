"""Listing and executing the server's tools."""

from __future__ import annotations

from collections.abc import Callable

from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.failures import not_found
from mfo_runtime.server.pages import PAGES, page_of_items
from mfo_runtime.server.shapes import MAP, body
from mfo_runtime.server.tools.tool import call_tool


def _list(call: Call) -> Answer:
    tools = [tool.shown() for tool in call.service.tools.values()]
    return Answer(page_of_items(tools, name="tools", query=call.query))


def _get(call: Call) -> Answer:
    tool = call.service.tools.get(call.path["tool_id"])
    if tool is None:
        raise not_found("tool")
    return Answer(tool.shown())


async def _execute(call: Call) -> Callable[[], Answer]:
    tool = call.service.tools.get(call.path["tool_id"])
    if tool is None:
        raise not_found("tool")
    result = await call_tool(tool, call.body.get("arguments", {}), call.service.settings.tool_timeout)
    return lambda: Answer({"result": result, "metadata": {"tool_id": tool.name}})


ENDPOINTS = (
    Endpoint("GET", "/api/tools", _list, "List the tools", query=PAGES),
    Endpoint("GET", "/api/tools/{tool_id}", _get, "Describe a tool"),
    Endpoint("POST", "/api/tools/{tool_id}", _execute, "Execute a tool", body({"arguments": MAP})),
)
