"""How a taskflow is to run, as its document and the client configuration say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.durations import parse_duration
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, TooManyNodesError, to_value
from mfo_runtime.engine.plan import RunPlan, RunSettings, make_plan
from mfo_runtime.json_numbers import is_whole_number
from mfo_runtime.tasks.local import READING_METHODS

_NO_SLOT_TYPES = frozenset({"ask_user"})


def lay_out(flow: FlowView, bundle: Bundle) -> RunPlan:
    """The plan of a taskflow: its graph with settings."""
    waiting = [view.id for view in flow.nodes if isinstance(view.node, Task) and view.type_name in _NO_SLOT_TYPES]
    return make_plan(flow.top.graph, run_settings(flow, bundle), without_slot=waiting)


def run_settings(flow: FlowView, bundle: Bundle) -> RunSettings:
    """How a taskflow is to run: its own config, else the client configuration's ``taskflow``, else the defaults."""
    own = _plain(flow.taskflow.config)
    shared = _shared(bundle)
    defaults = RunSettings()
    timeout, grace = own.get("timeout", shared.get("timeout")), own.get("grace")
    return RunSettings(
        max_concurrency=_whole(own.get("max_concurrency", shared.get("concurrency")), 4 * (os.cpu_count() or 1)),
        max_iterations=_whole(own.get("max_iterations"), defaults.max_iterations),
        grace=_seconds(grace, defaults.grace) or 0.0,
        timeout=_seconds(timeout, None),
        goes_on=own.get("on_failure") == "continue",
    )


def timeout_of(task: Task) -> float | None:
    """The seconds that one try of a task may take; None where it says nothing."""
    text = text_at(task.mapping, "timeout")
    return parse_duration(text.text) if text is not None else None


def shared_retry(task: Task, bundle: Bundle) -> Mapping[str, Any] | None:
    """The client configuration's ``taskflow.error_handling.retry`` where it counts for a task that has none of its own.

    It does not for an ``http_request`` that writes without an ``Idempotency-Key``: nobody asked for that to be done twice.
    """
    retry = _shared_handling(bundle).get("retry")
    if not isinstance(retry, dict) or _writes_unprotected(task):
        return None
    return cast("dict[str, Any]", retry)


def circuit_breaker_settings(bundle: Bundle) -> tuple[int, float] | None:
    """The client configuration's ``taskflow.error_handling.circuit_breaker``: how many failures, and how many seconds."""
    written = _shared_handling(bundle).get("circuit_breaker")
    if not isinstance(written, dict):
        return None
    settings = cast("dict[str, Any]", written)
    seconds = _seconds(settings.get("reset_timeout"), None)
    return _whole(settings.get("failure_threshold"), 5), seconds if seconds is not None and seconds > 0 else 60.0


def _shared_handling(bundle: Bundle) -> dict[str, Any]:
    handling = _shared(bundle).get("error_handling")
    return cast("dict[str, Any]", handling) if isinstance(handling, dict) else {}


def _writes_unprotected(task: Task) -> bool:
    if task.type_name != "http_request":
        return False
    config = task.config
    method = text_at(config, "method") if config is not None else None
    headers = config.get("headers") if config is not None else None
    names = [(pair.name or "").lower() for pair in headers.pairs] if isinstance(headers, MappingNode) else []
    return method is not None and method.text.upper() not in READING_METHODS and "idempotency-key" not in names


def _shared(bundle: Bundle) -> dict[str, Any]:
    """The client configuration's ``taskflow``; empty where there is none."""
    found = (_plain(config.get("taskflow")) for _, config in bundle.configs)
    return next(filter(None, found), dict[str, Any]())


def _plain(node: Node | None) -> dict[str, Any]:
    try:
        return dict(to_value(node)) if isinstance(node, MappingNode) else {}
    except TooManyNodesError:
        return {}


def _seconds(text: Any, default: float | None) -> float | None:
    seconds = parse_duration(text) if isinstance(text, str) else None
    return default if seconds is None else seconds


def _whole(value: Any, default: int) -> int:
    return value if is_whole_number(value) and value > 0 else default
