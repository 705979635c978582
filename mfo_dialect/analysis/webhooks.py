"""Where a webhook is served (dialect section 10)."""

from __future__ import annotations

from typing import TypeAlias

from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Trigger
from mfo_dialect.references import Reference, scan
from mfo_dialect.syntax import Scalar

Route: TypeAlias = tuple[str, str]
"""A method in capitals, and a path with a slash before and none behind."""


def served_at(trigger: Trigger) -> tuple[Route, Scalar] | None:
    """The method and path of a webhook, and the scalar that gives it; None where it is not known."""
    config = trigger.config
    if config is None or trigger.type is None or trigger.type.text != "webhook":
        return None
    path, provider, webhook_id = (text_at(config, key) for key in ("http_path", "provider", "webhook_id"))
    method = text_at(config, "http_method")
    if path is not None and provider is None:
        return _route(method.text.upper() if method is not None else "POST", path.text, path)
    if path is None and provider is not None and webhook_id is not None:
        return _route("POST", f"/webhooks/{provider.text}/{webhook_id.text}", webhook_id)
    return None


def _route(method: str, path: str, scalar: Scalar) -> tuple[Route, Scalar] | None:
    if any(isinstance(piece, Reference) for piece in scan(path)):
        return None
    return (method, "/" + path.strip().strip("/")), scalar
