"""Metrics for Prometheus: served by HTTP at ``/metrics`` as long as the process lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics.export import MetricReader
from prometheus_client import start_http_server

from mfo_runtime.errors import InvalidInputError

_HOST, _PORT = "localhost", 9464
"""OpenTelemetry's defaults."""


def serve_metrics(environment: Mapping[str, str]) -> tuple[MetricReader, Callable[[], None]]:
    """Serve what the reader is given, with the process's own CPU and memory.

    Args:
        environment: ``OTEL_EXPORTER_PROMETHEUS_HOST`` and ``OTEL_EXPORTER_PROMETHEUS_PORT``.

    Returns:
        The reader, and what ends the service.

    Raises:
        InvalidInputError: the address is none, or it is taken.
    """
    host = environment.get("OTEL_EXPORTER_PROMETHEUS_HOST") or _HOST
    written = environment.get("OTEL_EXPORTER_PROMETHEUS_PORT") or str(_PORT)
    try:
        server, thread = start_http_server(int(written), host)
    except (OSError, OverflowError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "that is no port"
        raise InvalidInputError(
            f"Metrics cannot be served at {host}:{written}: {reason}.",
            hint="Set OTEL_EXPORTER_PROMETHEUS_HOST and OTEL_EXPORTER_PROMETHEUS_PORT to a free address.",
        ) from None

    def end() -> None:
        with suppress(OSError):
            server.shutdown()
            server.server_close()
        thread.join()

    return PrometheusMetricReader(), end
