"""Who watches a run besides the person at the terminal: a log in JSON, spans and metrics."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import TooManyNodesError, to_value
from mfo_runtime.cli.log_lines import JSON, LEVELS, TEXT
from mfo_runtime.cli.output import say
from mfo_runtime.cli.run_log import RunLog
from mfo_runtime.client import Attempt
from mfo_runtime.engine.observing import Observer
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.http import Tracing
from mfo_runtime.telemetry.asked_for import is_asked_for, is_installed

if TYPE_CHECKING:
    from mfo_runtime.telemetry.many_runs import ManyRuns
    from mfo_runtime.telemetry.run_spans import RunSpans
    from mfo_runtime.telemetry.server_spans import ServerSpans
    from mfo_runtime.telemetry.setting_up import Telemetry

_STREAMS = {"stderr", "stdout"}


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How a run is logged, by the command line and the client configuration's ``logging``.

    Attributes:
        log_format: ``text`` for the progress on stderr, ``json`` for lines.
        level: the least grave that is written, as ``logging`` counts; for lines.
        output: ``stderr``, ``stdout``, or the path of a file that lines are appended to.
        fields: what stands in every line besides.
    """

    log_format: str
    level: int
    output: str
    fields: Mapping[str, Any]

    @property
    def is_all_there_is(self) -> bool:
        """Whether lines take the place of the progress."""
        return self.log_format == JSON and self.output == "stderr"


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches.

    Attributes:
        observers: told of every event of the run.
        on_usage: told what models used.
        on_attempt: told of every try of every call of the MFO server; None for nobody.
        tracing: told of every HTTP request; None for nobody.
    """

    observers: tuple[Observer, ...] = ()
    on_usage: tuple[Callable[[str, Mapping[str, Any]], None], ...] = ()
    on_attempt: Callable[[Attempt], None] | None = None
    tracing: Tracing | None = None

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """Tell everybody what a model used."""
        for told in self.on_usage:
            told(node, usage)


def log_settings(bundle: Bundle, log_format: str | None) -> LogSettings:
    """What the client configuration says of logging; the command line's format wins."""
    written: dict[str, Any] = {}
    for _, config in bundle.configs:
        node = config.get("logging")
        if isinstance(node, MappingNode):
            try:
                written = dict(to_value(node))
            except TooManyNodesError as error:
                raise InvalidInputError(f"logging: {error}.") from None
            break
    fields = written.get("fields")
    plain: dict[str, Any] = {str(name): value for name, value in fields.items()} if isinstance(fields, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType, reportUnknownArgumentType]
    return LogSettings(
        log_format or str(written.get("format") or TEXT),
        LEVELS.get(str(written.get("level")), LEVELS["info"]),
        str(written.get("output") or "stderr"),
        {name: value if isinstance(value, str | int | bool) else str(value) for name, value in plain.items()},
    )


@contextmanager
def watching(flow: FlowView, run_id: str, settings: LogSettings, *, is_resumed: bool = False) -> Generator[Watch]:
    """Everybody who watches a run, for as long as the block lasts.

    Raises:
        InvalidInputError: the log cannot be written.
    """
    with ExitStack() as stack:
        log = _log(flow, run_id, settings, stack) if settings.log_format == JSON else None
        observers: tuple[Any, ...] = (log,) if log is not None else ()
        tracing: Tracing | None = None
        telemetry = telemetry_of_environment("mfo")
        if telemetry is not None:
            from mfo_runtime.telemetry.run_spans import RunSpans, WatchedRun  # noqa: PLC0415 - an extra, and slow

            stack.callback(close_telemetry, telemetry)
            spans = RunSpans(telemetry, WatchedRun(run_id, flow.taskflow.name, kind_of(flow), is_resumed))
            stack.callback(spans.close)
            observers, tracing = (*observers, spans), spans
        on_attempt = log.attempted if log is not None else None
        yield Watch(observers, tuple(observer.used for observer in observers), on_attempt, tracing)


@contextmanager
def watching_many(service: str) -> Generator[ManyRuns | None]:
    """What watches the runs of a process that executes many of them; None where the environment asks for nothing.

    Raises:
        InvalidInputError: metrics cannot be served where the environment says.
    """
    telemetry = telemetry_of_environment(service, is_lasting=True)
    if telemetry is None:
        yield None
        return
    from mfo_runtime.telemetry.many_runs import ManyRuns  # noqa: PLC0415 - an extra, and slow

    try:
        yield ManyRuns(telemetry)
    finally:
        close_telemetry(telemetry)


@contextmanager
def watching_own_server() -> Generator[ServerSpans | None]:
    """What watches the server in this process; what keeps it from doing so is said by whoever watches the runs."""
    if not (is_asked_for(os.environ) and is_installed()):
        yield None
        return
    from mfo_runtime.telemetry.server_spans import ServerSpans  # noqa: PLC0415 - an extra, and slow
    from mfo_runtime.telemetry.setting_up import telemetry_of  # noqa: PLC0415 - an extra, and slow

    telemetry = telemetry_of("mfo-server", os.environ)
    try:
        yield ServerSpans(telemetry)
    finally:
        telemetry.close()


def watched_run(runs: ManyRuns, flow: FlowView, run_id: str, *, is_resumed: bool) -> AbstractContextManager[RunSpans]:
    """Watch one of many runs as long as the block lasts."""
    from mfo_runtime.telemetry.run_spans import WatchedRun  # noqa: PLC0415 - an extra, and slow

    return runs.watching(WatchedRun(run_id, flow.taskflow.name, kind_of(flow), is_resumed))


def kind_of(flow: FlowView) -> Callable[[str], str]:
    """What a node is, by its id: a task type, ``condition`` or ``subflow``."""

    def kind(node: str) -> str:
        view = flow.by_id.get(node)
        if view is None:
            return "node"
        return view.type_name if view.kind is NodeKind.TASK else view.kind.value

    return kind


def telemetry_of_environment(service: str, *, is_lasting: bool = False) -> Telemetry | None:
    """Where spans and metrics go, where the environment asks for them; says what is missing for it; raises as ``telemetry_of``."""
    if not is_asked_for(os.environ):
        return None
    if not is_installed():
        say("mfo: the environment asks for spans or metrics, and OpenTelemetry is not installed")
        say("  Install it: pip install 'mfo-lsp[telemetry]'.")
        return None
    from mfo_runtime.telemetry.setting_up import telemetry_of  # noqa: PLC0415 - an extra, and slow

    return telemetry_of(service, os.environ, is_lasting=is_lasting)


def close_telemetry(telemetry: Telemetry) -> None:
    """Send what waits, and say what could not be sent."""
    problem = telemetry.close()
    if problem:
        say(f"mfo: {problem}")
        say("  Check OTEL_EXPORTER_OTLP_ENDPOINT, or unset it.")


def _log(flow: FlowView, run_id: str, settings: LogSettings, stack: ExitStack) -> RunLog:
    if settings.output in _STREAMS:
        stream = sys.stderr if settings.output == "stderr" else sys.stdout
    else:
        try:
            stream = stack.enter_context(Path(settings.output).open("a", encoding="utf-8"))  # noqa: SIM115 - the stack closes it
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise InvalidInputError(
                f"logging.output: {settings.output} cannot be written: {reason}.", hint="Name another file."
            ) from None

    def write(line: str) -> None:
        stream.write(f"{line}\n")
        stream.flush()

    ids = {"run_id": run_id, "taskflow": flow.taskflow.name}
    return RunLog(write, time.time, settings.level, {**settings.fields, **ids})
