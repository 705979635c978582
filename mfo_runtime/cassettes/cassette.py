"""A cassette as a value and as text: JSON lines, the first about the run, each other one an exchange in order of asking.

An exchange is ``{"task", "request": {"method", "url", "body"}, "response": {"status", "headers", "body"}}``, or has an
``error`` in the place of the response. A body is ``{"json": value}``, ``{"text": ...}`` or ``{"base64": ...}``; no body is
null. Urls of the MFO server begin with ``mfo:``, as its address does not matter.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

VERSION = 1
_HEADER = "mfo_cassette"

Body = Mapping[str, Any] | None


class CassetteError(ValueError):
    """A text is no cassette that this version reads; the message names the line."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it.

    Attributes:
        task: the path of the task that asked, with iterations; empty where no task did.
        request: ``method``, ``url`` and ``body``.
        response: ``status``, ``headers`` and ``body``; None where there was no answer.
        error: why there was none, as JSON values.
    """

    task: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Cassette:
    """What was recorded of one run.

    Attributes:
        taskflow: the taskflow's id.
        run_id: the run's id.
        started_at: when it began, as RFC 3339 has it.
        began: when each task and condition began, by its path and iteration, in seconds since the epoch.
        answers: what people answered to each ``ask_user``, by the task's path and iteration.
        exchanges: in the order in which they were asked for.
    """

    taskflow: str
    run_id: str
    started_at: str
    began: Mapping[str, float] = field(default_factory=dict[str, float])
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    exchanges: Sequence[Exchange] = ()


def written_cassette(cassette: Cassette) -> str:
    """A cassette as text."""
    header = {
        _HEADER: VERSION,
        "taskflow": cassette.taskflow,
        "run_id": cassette.run_id,
        "started_at": cassette.started_at,
        "began": dict(cassette.began),
        "answers": dict(cassette.answers),
    }
    lines = [header, *(_exchange_data(exchange) for exchange in cassette.exchanges)]
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


def _exchange_data(exchange: Exchange) -> dict[str, Any]:
    came = {"error": exchange.error} if exchange.response is None else {"response": exchange.response}
    return {"task": exchange.task, "request": exchange.request, **came}


def read_cassette(text: str) -> Cassette:
    """The cassette that a text holds.

    Raises:
        CassetteError: it is none, or one of a version that is not known here.
    """
    values = [(number, _line(line, number)) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not values or _HEADER not in values[0][1]:
        raise CassetteError("line 1: this is no cassette; one is written by mfo run --record FILE.")
    header = values[0][1]
    if header[_HEADER] != VERSION:
        raise CassetteError(
            f"line 1: the cassette has version {header[_HEADER]}, and this program reads version {VERSION}; record it anew."
        )
    try:
        return Cassette(
            str(header["taskflow"]),
            str(header["run_id"]),
            str(header["started_at"]),
            {str(node): float(moment) for node, moment in dict(header.get("began") or {}).items()},
            dict(header.get("answers") or {}),
            tuple(_exchange(value, number) for number, value in values[1:]),
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, CassetteError):
            raise
        raise CassetteError("line 1: taskflow, run_id or started_at is missing, or began is no map of times.") from None


def is_cassette(text: str) -> bool:
    """Whether a text is a cassette, of whatever version."""
    try:
        return _HEADER in _line(text.partition("\n")[0], 1)
    except CassetteError:
        return False


def _line(line: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise CassetteError(f"line {number}: this is no JSON.") from None
    if not isinstance(value, dict):
        raise CassetteError(f"line {number}: this is no JSON object.")
    return cast("dict[str, Any]", value)


def _exchange(value: dict[str, Any], number: int) -> Exchange:
    match value:
        case {"request": {"method": str(), "url": str()}, "response": {"status": int()}} | {
            "request": {"method": str(), "url": str()},
            "error": {"code": str()},
        }:
            return Exchange(str(value.get("task") or ""), value["request"], value.get("response"), value.get("error"))
        case _:
            raise CassetteError(f"line {number}: an exchange has a request, and a response or an error.")


def body_data(data: bytes | None) -> Body:
    """A body as a cassette has it."""
    if not data:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}
    try:
        return {"json": json.loads(text)}
    except (ValueError, RecursionError):
        return {"text": text}


def body_bytes(body: Body) -> bytes:
    """The bytes of a body; JSON is laid out as short as it can be."""
    match body:
        case {"json": value}:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        case {"text": str(text)}:
            return text.encode("utf-8", "surrogatepass")
        case {"base64": str(text)}:
            try:
                return base64.b64decode(text)
            except (ValueError, binascii.Error):
                return b""
        case _:
            return b""
