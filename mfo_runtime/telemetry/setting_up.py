"""Where spans and metrics go, as the environment's ``OTEL_*`` variables say; nowhere, unless they say so."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Tracer

_SCOPE = "mfo_runtime"
_SECONDS = 3.0


class RunIds(RandomIdGenerator):
    """Gives the next trace the id of a run, so that either leads to the other."""

    def __init__(self) -> None:
        self._next: int | None = None

    def begin_with(self, run_id: str) -> None:
        """Have the next trace take a run's id, where that is one that a trace can have: 32 hexadecimal digits."""
        is_one = len(run_id) == 32 and set(run_id) <= set("0123456789abcdef")  # noqa: PLR2004 - 16 bytes
        self._next = int(run_id, 16) or None if is_one else None

    def generate_trace_id(self) -> int:
        """The id that was asked for, once; else a random one."""
        wanted, self._next = self._next, None
        return wanted if wanted is not None else super().generate_trace_id()


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where spans and metrics go.

    Attributes:
        tracer: makes spans.
        meter: makes instruments.
        ids: names the traces.
        close: sends what waits, for at most some seconds; gives what could not be sent, in a person's words, or nothing.
    """

    tracer: Tracer
    meter: Meter
    ids: RunIds
    close: Callable[[], str] = field(repr=False)


def telemetry_of(service: str, environment: Mapping[str, str], *, is_lasting: bool = False) -> Telemetry:
    """Set up what the environment asks for.

    Args:
        service: ``service.name``, where ``OTEL_SERVICE_NAME`` does not say otherwise.
        environment: ``OTEL_TRACES_EXPORTER`` and ``OTEL_METRICS_EXPORTER`` (``otlp``, ``console``, ``none``; metrics also
            ``prometheus``); what else the exporters read they read from the environment of the process.
        is_lasting: whether the process goes on until somebody stops it; only then can its metrics be fetched.

    Raises:
        InvalidInputError: metrics cannot be served where the environment says.
    """
    ids = RunIds()
    named = {"service.name": environment.get("OTEL_SERVICE_NAME") or service, "service.version": _own_version()}
    resource = Resource.create(named)
    traces = TracerProvider(resource=resource, id_generator=ids, shutdown_on_exit=False)
    spans: _Noting | None = None
    match _exporter(environment, "TRACES"):
        case "otlp":
            spans = _Noting(OTLPSpanExporter(timeout=_patience(environment)))
            traces.add_span_processor(BatchSpanProcessor(spans))
        case "console":
            console = ConsoleSpanExporter(out=sys.stderr, formatter=lambda span: span.to_json(indent=None) + "\n")  # pyright: ignore[reportArgumentType]
            traces.add_span_processor(SimpleSpanProcessor(console))
        case _:
            pass
    reader, end_service = _metric_reader(environment, is_lasting=is_lasting)
    meters = MeterProvider([reader] if reader is not None else [], resource=resource, shutdown_on_exit=False)

    def close() -> str:
        milliseconds = int(_SECONDS * 1000)
        end_service()
        traces.force_flush(milliseconds)
        meters.shutdown(milliseconds)
        traces.shutdown()
        return spans.problem if spans is not None else ""

    return Telemetry(traces.get_tracer(_SCOPE), meters.get_meter(_SCOPE), ids, close)


def _metric_reader(
    environment: Mapping[str, str], *, is_lasting: bool
) -> tuple[MetricReader | None, Callable[[], None]]:
    """What takes the metrics, None for nothing, and what ends it before it is shut down."""
    match _exporter(environment, "METRICS"):
        case "otlp":
            return PeriodicExportingMetricReader(OTLPMetricExporter(timeout=_patience(environment))), _nothing
        case "console":
            console = ConsoleMetricExporter(out=sys.stderr, formatter=lambda data: data.to_json(indent=None) + "\n")  # pyright: ignore[reportArgumentType]
            return PeriodicExportingMetricReader(console), _nothing
        case "prometheus" if is_lasting:
            from mfo_runtime.telemetry.scraped import serve_metrics  # noqa: PLC0415 - nobody else needs its server

            return serve_metrics(environment)
        case _:
            return None, _nothing


def _nothing() -> None:
    """There is nothing to end."""


def _exporter(environment: Mapping[str, str], signal: str) -> str:
    """Which exporter is asked for; ``otlp`` where only its address is given."""
    named = environment.get(f"OTEL_{signal}_EXPORTER", "").strip()
    if named:
        return named
    addresses = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return "otlp" if any(environment.get(address) for address in addresses) else "none"


def _patience(environment: Mapping[str, str]) -> float | None:
    """Seconds for one export, retries included; None: the environment says."""
    return None if environment.get("OTEL_EXPORTER_OTLP_TIMEOUT") else _SECONDS


def _own_version() -> str:
    try:
        return version("mfo-lsp")
    except PackageNotFoundError:
        return ""


class _Noting(SpanExporter):
    """Exports by another one, and remembers that it failed: libraries' logs are not shown."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self.problem = ""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            result = self._exporter.export(spans)
        except Exception:  # noqa: BLE001 - some versions raise what HTTP raises
            result = SpanExportResult.FAILURE
        if result is not SpanExportResult.SUCCESS:
            self.problem = f"{len(spans)} spans could not be sent"
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)
