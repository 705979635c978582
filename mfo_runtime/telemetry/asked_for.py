"""Whether the environment asks for spans or metrics; knows no OpenTelemetry, so that nobody else loads it."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

_ADDRESSES = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
_EXPORTERS = ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER")


def is_asked_for(environment: Mapping[str, str]) -> bool:
    """Whether an exporter or the address of one is named, and telemetry is not turned off."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    named = any(environment.get(name, "none").strip() not in {"", "none"} for name in _EXPORTERS)
    return named or any(environment.get(name) for name in _ADDRESSES)


def is_installed() -> bool:
    """Whether the extra is there."""
    try:
        return all(
            importlib.util.find_spec(name) is not None
            for name in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
        )
    except ModuleNotFoundError:
        return False
