"""A collector of spans and metrics, as OpenTelemetry's exporters find one."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.effort import PATIENCE


@contextmanager
def collecting():
    """A collector: the variables that lead to it, the spans and the names of the metrics that it was sent."""
    spans, metrics = [], set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/v1/traces":
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            else:
                for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                    metrics.update(metric.name for scope in resource.scope_metrics for metric in scope.metrics)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        patience = f"{PATIENCE:g}"  # without it three seconds have to do
        yield {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_TIMEOUT": patience}, spans, metrics
    finally:
        server.shutdown()
        server.server_close()


def facts(span):
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def ancestors(span, by_id):
    while span is not None:
        yield span
        span = by_id.get(span.parent_span_id)


def paths_of(spans, trace_id):
    """The names of a trace's spans, each with those of the spans around it."""
    by_id = {span.span_id: span for span in spans}
    paths = [[one.name for one in ancestors(span, by_id)] for span in spans if span.trace_id.hex() == trace_id]
    return sorted(" < ".join(path) for path in paths)
