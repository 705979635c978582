"""What is told as lines on stderr, as text or as JSON: words of commands, logs of services. No tracebacks, no secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from mfo_runtime.errors import redact, redact_data
from mfo_workspace.text_report import printable

TEXT, JSON = "text", "json"
LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "warn": logging.WARNING,
    "error": logging.ERROR,
}
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

log_format_option: Callable[..., Any] = click.option(
    "--log-format",
    type=click.Choice((TEXT, JSON)),
    envvar="MFO_LOG_FORMAT",
    help="How what happens is told on stderr: json is one object a line.",
)


def line_of(moment: float, level: int, event: str, facts: Mapping[str, Any]) -> str:
    """One line of JSON: when, how grave, what, and all that is known of it; null is left out, secrets by name are struck out.

    Args:
        moment: seconds since 1970.
        level: as ``logging`` counts.
        event: what happened, in a word or two with dots.
        facts: JSON values by name.
    """
    told = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    known = redact_data({name: value for name, value in facts.items() if value is not None})
    data = {"time": told, "level": logging.getLevelName(level).lower(), "event": event, **known}
    return json.dumps(data, ensure_ascii=True, allow_nan=False, default=str)


def show_log(service: str, logger: logging.Logger, level: int = logging.INFO, log_format: str | None = None) -> None:
    """Write what a logger is told on stderr, from a level on.

    Args:
        service: what each line begins with, or names.
        logger: whose records, and those of loggers below it.
        level: the least grave that is written.
        log_format: ``text`` or ``json``; None for text.
    """
    handler = logging.StreamHandler()
    handler.setLevel(level)
    handler.setFormatter(_JsonLine(service) if log_format == JSON else _OneLine(service))
    logger.addHandler(handler)
    if logger is not logging.getLogger() and logger.getEffectiveLevel() > level:
        logger.setLevel(level)


class JsonWords:
    """Stands before a stream: whatever is written line by line becomes the message of a JSON line."""

    def __init__(self, stream: TextIO, now: Callable[[], float]) -> None:
        self._stream = stream
        self._now = now

    def say(self, text: str) -> None:
        """Write a message."""
        words = "\n".join(line.strip() for line in text.splitlines()).strip()
        self.write(line_of(self._now(), logging.INFO, "message", {"message": words.removeprefix("mfo: ")}))

    def write(self, line: str) -> None:
        """Write a line as it is."""
        self._stream.write(f"{line}\n")
        self._stream.flush()


class _OneLine(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        return f"{self._service}: {printable(_message(record))}"


class _JsonLine(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        known = {"service": self._service, "message": _message(record), **facts}
        return line_of(record.created, record.levelno, record.name.rpartition(".")[2], known)


def _message(record: logging.LogRecord) -> str:
    """The message in one line, with the kind of the exception."""
    kind = record.exc_info[0] if record.exc_info else None
    line = redact(" ".join(record.getMessage().split()))
    return line + (f" ({kind.__name__})" if kind is not None else "")
