"""The OpenAPI document of the server, made from the table of its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mfo_runtime.server.endpoint import Endpoint
from mfo_runtime.server.failures import ErrorCode
from mfo_runtime.server.scopes import scope_of

_SEGMENT = re.compile(r"\{(\w+)(?::path)?\}")
_OBJECT = {"type": "object"}
_ERROR = {
    "type": "object",
    "properties": {
        "code": {"enum": [code.text for code in ErrorCode]},
        "message": {"type": "string"},
        "details": _OBJECT,
    },
    "required": ["code", "message", "details"],
    "additionalProperties": False,
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A write is done once for each key; the same key again gives the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def openapi_document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The document, OpenAPI 3.1: every route with what it takes, and the one form of all errors."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        path = _SEGMENT.sub(r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The local MFO server",
            "version": "1",
            "description": "What a client of an MFO server can ask for. Calls below /api need a token.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _identifier(endpoint),
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": {
            str(endpoint.status): {"description": "It is done.", "content": _answers(endpoint)},
            "default": {
                "description": "It is not; the status and the code say why.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if endpoint.body is not None or endpoint.takes_any_json:
        operation["requestBody"] = {
            "required": bool((endpoint.body or {}).get("required") or endpoint.besides),
            "content": {"application/json": {"schema": {**(endpoint.body or {}), **endpoint.besides}}},
        }
    if not endpoint.is_public:
        operation["security"] = [{"token": []}]
        operation["description"] = f"Needs the scope `{scope_of(endpoint.method, endpoint.path)}`."
    return operation


def _identifier(endpoint: Endpoint) -> str:
    words = re.findall(r"\w+", _SEGMENT.sub(r"by \1", endpoint.path.replace("-", "_")))
    return "_".join([endpoint.method.lower(), *words])


def _answers(endpoint: Endpoint) -> dict[str, Any]:
    answers: dict[str, Any] = {"application/json": {"schema": _OBJECT}}
    if endpoint.streaming is not None:
        answers["text/event-stream"] = {"schema": {"type": "string"}}
    return answers


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    segments = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _SEGMENT.findall(endpoint.path)
    ]
    query = [{"name": name, "in": "query", "schema": dict(schema)} for name, schema in endpoint.query.items()]
    is_kept = endpoint.method != "GET" and endpoint.is_replayable and not endpoint.is_public
    return [*segments, *query, *([_KEY] if is_kept else [])]
