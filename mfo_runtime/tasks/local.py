"""Executors of the task types that the engine does itself: asking, calling a URL, computing; and the server's tools."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from mfo_dialect.durations import parse_duration
from mfo_dialect.references import as_text
from mfo_runtime.client.calls import header_of_key
from mfo_runtime.client.exchange import IDEMPOTENCY_KEY, encoded_json
from mfo_runtime.client.refusals import error_class, is_transient_status, retry_after
from mfo_runtime.errors import (
    Facts,
    InvalidInputError,
    InvalidOutputError,
    TaskFailedError,
    TaskTimeoutError,
)
from mfo_runtime.http import HttpRequest, HttpResponse, Redirects, Timeouts
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.tasks.context import Execute, Question, TaskContext, mapping_of

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of requests that change nothing."""

_DEFAULT_TIMEOUT = 30.0
_CONNECT_TIMEOUT = 10.0
_SUCCESS = range(200, 300)


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
    """Ask the person who runs the flow, or take the default where nobody can be asked.

    Raises:
        TaskFailedError: nobody can be asked, and there is no default.
        TaskTimeoutError: nobody answered in time, and there is no default.
        InvalidOutputError: the answer is none of the choices, or not what ``input_schema`` asks for.
    """
    question = Question(
        context.view.id,
        str(config["question"]),
        tuple(config.get("choices") or ()),
        config.get("default"),
        "default" in config,
    )
    given = context.noted.get("answer")
    if given is not None:
        return dict(given)
    answer = await _answer(question, _seconds(config.get("timeout")), context)
    outputs = {"answer": _meant(answer, question.choices, config.get("input_schema"))}
    await context.note("answer", outputs)
    return outputs


async def _answer(question: Question, patience: float | None, context: TaskContext) -> Any:
    if context.ask is None:
        if question.has_default:
            return question.default
        raise TaskFailedError("Nobody can be asked here, and the task has no default.", hint="Give the task a default.")
    try:
        return await context.wait_without_slot(asyncio.wait_for(context.ask(question), patience))
    except TimeoutError:
        if question.has_default:
            return question.default
        raise TaskTimeoutError(f"Nobody answered within {patience:g} s.") from None


def _meant(answer: Any, choices: tuple[Any, ...], schema: Any) -> Any:
    """The answer as a value: people answer in text, also where one of the choices or the schema is no text."""
    if choices:
        chosen = [choice for choice in choices if choice == answer or as_text(choice) == as_text(answer)]
        if not chosen:
            raise InvalidOutputError(f"The answer is none of the choices: {', '.join(map(as_text, choices))}.")
        return chosen[0]
    problem = schema_problem(answer, schema)
    if problem and isinstance(answer, str):
        read = _json_or_none(answer)
        if read is not None and not schema_problem(read, schema):
            return read
    if problem:
        raise InvalidOutputError(f"The answer is not what input_schema asks for: {problem}.")
    return answer


async def request_http(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Call a URL.

    Raises:
        ServerError: there was no answer in time, or its status is none that is expected.
    """
    timeout = _seconds(config.get("timeout")) or _DEFAULT_TIMEOUT
    response = await context.http.send(_http_request(config, timeout, context.write_key))
    _expect_status(response, config.get("expect_status"))
    return {
        "status": response.status,
        "headers": dict(response.headers),
        "body": response.text(),
        "json": _json_or_none(response.body),
    }


def _http_request(config: Mapping[str, Any], timeout: float, write_key: str) -> HttpRequest:
    """The request; one that writes carries a key, by which servers that know such keys apply it once."""
    headers = {name: as_text(value) for name, value in mapping_of(config, "headers").items()}
    query = {name: as_text(value) for name, value in mapping_of(config, "query").items()}
    body: bytes | None = None
    if "json" in config:
        body = encoded_json(config["json"])
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
    elif config.get("body") is not None:
        body = as_text(config["body"]).encode(errors="replace")
    method = str(config.get("method") or "GET")
    if method.upper() not in READING_METHODS:
        _add_key(headers, write_key)
    timeouts = Timeouts(total=timeout, connect=min(timeout, _CONNECT_TIMEOUT), read=timeout, write=timeout)
    return HttpRequest(
        method,
        str(config["url"]),
        headers=headers,
        query=query,
        body=body,
        timeouts=timeouts,
        redirects=Redirects.SAME_ORIGIN,
    )


def _add_key(headers: dict[str, str], write_key: str) -> None:
    """Name a write, unless its task does so itself; an empty name stands for none."""
    written = next((name for name in headers if name.lower() == IDEMPOTENCY_KEY), None)
    if written is None:
        headers[IDEMPOTENCY_KEY] = header_of_key(write_key)
    elif not headers[written].strip():
        del headers[written]


def _expect_status(response: HttpResponse, expected: Any) -> None:
    wanted: list[Any] | range = _SUCCESS
    if expected is not None:
        wanted = cast("list[Any]", expected) if isinstance(expected, list) else [expected]
    if response.status in wanted:
        return
    facts: Facts = {
        "status": response.status,
        "transient": is_transient_status(response.status),
        "hint": "Check the URL, or list the status under expect_status.",
    }
    if (seconds := retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))) is not None:
        facts["retry_after"] = seconds
    known = {status.value: f" {status.phrase}" for status in HTTPStatus}
    raise error_class(response.status)(
        f"The answer's status is {response.status}{known.get(response.status, '')}, which is not expected.", **facts
    )


def _json_or_none(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


async def transform(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Compute values by expressions; none of them reads another."""
    return {name: context.evaluate(name) for name in mapping_of(config, "values")}


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
