"""Executors of the task types that the engine does itself: asking, calling a URL, computing; and the server's tools."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from mfo_dialect.durations import parse_duration
from mfo_dialect.references import as_text
from mfo_runtime.errors import (
    InternalError,
    InvalidInputError,
    InvalidOutputError,
    MfoError,
    RateLimitedError,
    TaskFailedError,
    TaskTimeoutError,
    ValidationError,
)
from mfo_runtime.http import HttpRequest, HttpResponse, Redirects, Timeouts
from mfo_runtime.tasks.context import Execute, Question, TaskContext, mapping_of
from mfo_runtime.tasks.json_schema import schema_problem

_DEFAULT_TIMEOUT = 30.0
_TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


async def execute_tool(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Run one of the server's tools."""
    answer = await context.operations.tools.execute(
        str(config["tool_id"]), config["arguments"], config.get("provider_id")
    )
    return {"result": answer.result}


async def list_tools(_config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """List the server's tools."""
    return {"tools": [dict(tool.data) for tool in await context.operations.tools.list()]}


async def ask_user(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Ask the person who runs the flow, or take the default where nobody can be asked."""
    question = Question(
        context.view.id,
        str(config["question"]),
        tuple(config.get("choices") or ()),
        config.get("default"),
        "default" in config,
    )
    answer = await _answer(question, _seconds(config.get("timeout")), context)
    problem = schema_problem(answer, config.get("input_schema"))
    if problem:
        raise InvalidOutputError(f"The answer is not what input_schema asks for: {problem}.")
    if question.choices and answer not in question.choices:
        raise InvalidOutputError("The answer is none of the choices.")
    return {"answer": answer}


async def _answer(question: Question, patience: float | None, context: TaskContext) -> Any:
    if context.ask is None:
        if question.has_default:
            return question.default
        raise TaskFailedError("Nobody can be asked here, and the task has no default.", hint="Give the task a default.")
    try:
        async with context.without_slot(), asyncio.timeout(patience):
            return await context.ask(question)
    except TimeoutError:
        if question.has_default:
            return question.default
        raise TaskTimeoutError(f"Nobody answered within {patience:g} s.") from None


async def request_http(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Call a URL."""
    timeout = _seconds(config.get("timeout")) or _DEFAULT_TIMEOUT
    response = await context.http.send(_http_request(config, timeout))
    _expect_status(response, config.get("expect_status"))
    return {
        "status": response.status,
        "headers": dict(response.headers),
        "body": response.text(),
        "json": _json_or_none(response),
    }


def _http_request(config: Mapping[str, Any], timeout: float) -> HttpRequest:
    headers = {name: as_text(value) for name, value in mapping_of(config, "headers").items()}
    query = {name: as_text(value) for name, value in mapping_of(config, "query").items()}
    body: bytes | None = None
    if "json" in config:
        body = json.dumps(config["json"], ensure_ascii=False).encode()
        headers.setdefault("Content-Type", "application/json")
    elif config.get("body") is not None:
        body = as_text(config["body"]).encode()
    method = str(config.get("method") or "GET")
    timeouts = Timeouts(total=timeout, connect=min(timeout, 10.0), read=timeout, write=timeout)
    return HttpRequest(
        method,
        str(config["url"]),
        headers=headers,
        query=query,
        body=body,
        timeouts=timeouts,
        redirects=Redirects.SAME_ORIGIN,
    )


def _expect_status(response: HttpResponse, expected: Any) -> None:
    wanted = expected if isinstance(expected, list) else [expected] if expected is not None else range(200, 300)  # pyright: ignore[reportUnknownVariableType]
    if response.status in wanted:
        return
    message = f"The answer's status is {response.status}."
    error: type[MfoError] = ValidationError
    if response.status == 429:  # noqa: PLR2004 - too many requests
        error = RateLimitedError
    elif response.status >= 500:  # noqa: PLR2004 - the server's own failures
        error = InternalError
    raise error(
        message,
        status=response.status,
        transient=response.status in _TRANSIENT_STATUS,
        hint="Check the URL, or list the status under expect_status.",
    )


def _json_or_none(response: HttpResponse) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None


async def transform(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Compute values by expressions."""
    return {name: context.evaluate(name) for name in config["values"]}


def _seconds(text: Any) -> float | None:
    if text is None:
        return None
    seconds = parse_duration(str(text))
    if seconds is None or seconds <= 0:
        raise InvalidInputError(f'timeout is "{text}", which is no duration such as 30s.')
    return seconds


EXECUTORS: dict[str, Execute] = {
    "mfo_api_tool_execute": execute_tool,
    "mfo_api_tool_list": list_tools,
    "ask_user": ask_user,
    "http_request": request_http,
    "transform": transform,
}
