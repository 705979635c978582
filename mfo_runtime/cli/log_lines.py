"""The log of a service as lines on stderr: one line a record, no tracebacks, no secrets."""

from __future__ import annotations

import logging

from mfo_runtime.errors import redact
from mfo_workspace.text_report import printable


def show_log(service: str, logger: logging.Logger, level: int = logging.INFO) -> None:
    """Write what a logger is told on stderr, from a level on; each line begins with the service."""
    handler = logging.StreamHandler()
    handler.setLevel(level)
    handler.setFormatter(_OneLine(service))
    logger.addHandler(handler)
    if logger.getEffectiveLevel() > level:
        logger.setLevel(level)


class _OneLine(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = printable(redact(" ".join(record.getMessage().split())))
        return f"{self._service}: {line}" + (f" ({kind.__name__})" if kind is not None else "")
