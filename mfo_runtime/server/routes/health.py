"""Whether the server is well."""

from __future__ import annotations

from mfo_runtime.server.endpoint import Answer, Call, Endpoint


def _healthz(call: Call) -> Answer:
    call.service.store.database.number("SELECT 1")
    return Answer({"status": "ok"})


ENDPOINTS = (
    Endpoint("GET", "/healthz", _healthz, "Say that the server is up and its data can be read", is_public=True),
)
