"""The requests of a server as spans and metrics, below the spans of whoever asks."""

from __future__ import annotations

import time
from collections.abc import Callable

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from mfo_runtime.telemetry.setting_up import Telemetry

_SERVER_ERROR = 500


class ServerSpans:
    """Watches the requests of one server."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._tracer = telemetry.tracer
        self._duration = telemetry.meter.create_histogram("http.server.request.duration", "s", "How long answers took.")

    def begin(self, method: str, traceparent: str) -> Callable[[str, int], None]:
        """A request came in; gives what is to be told of its route's pattern and the answer's status."""
        context = TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())
        span = self._tracer.start_span(method, context, SpanKind.SERVER, {"http.request.method": method})
        began = time.monotonic()

        def ended(route: str, status: int) -> None:
            known = {"http.route": route, "http.response.status_code": status}
            span.update_name(f"{method} {route}")
            span.set_attributes(known)
            if status >= _SERVER_ERROR:
                span.set_status(Status(StatusCode.ERROR))
            span.end()
            self._duration.record(time.monotonic() - began, {"http.request.method": method, **known})

        return ended
