"""A request that writes is tried again without a key that would keep it from being done twice.

## What it finds

``retry`` on an ``http_request`` with the method POST or PATCH, without an idempotency header. Retries for which the
server has surely refused the request (``rate_limited``, ``circuit_open``) are left alone, and so are headers that a
reference gives.

## Why it matters

A request that timed out may have been done all the same. Tried again, the order is placed twice.

## Bad

```yaml workflow.yml
name: orders
tasks:
  - id: place_order
    type: http_request
    config:
      url: https://shop.example.org/orders
      method: POST
      json: {article: 17}
    error_handling:
      retry: {max_attempts: 3}
#     ^^^^^ MFO805 Idempotency-Key
```

## Good

```yaml workflow.yml
name: orders
tasks:
  - id: place_order
    type: http_request
    config:
      url: https://shop.example.org/orders
      method: POST
      headers: {Idempotency-Key: "${TASKFLOW.process_id}"}
      json: {article: 17}
    error_handling:
      retry: {max_attempts: 3}
```

## Fix

Send a header ``Idempotency-Key`` that stays the same for all tries, if the server knows such a header; else do not
retry.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.model.access import text_at, texts_at
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import insert_key
from mfo_dialect.rules.layout import text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Scalar

_REFUSED = frozenset({"rate_limited", "circuit_open"})
_KEYS = ("idempotency", "request-id", "requestid", "dedup")


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report one request whose retries may do a thing twice."""
    task = view.node
    if not isinstance(task, Task) or task.config is None or task.error_handling is None:
        return
    method = text_at(task.config, "method")
    pair = task.error_handling.pair("retry")
    retry = task.error_handling.get("retry")
    if method is None or method.text.upper() not in {"POST", "PATCH"} or pair is None or not isinstance(retry, Mapping):
        return
    attempts = text_at(retry, "max_attempts")
    reasons = {reason.text for reason in texts_at(retry, "retry_on")}
    if (attempts is not None and attempts.value == 1) or (reasons and reasons <= _REFUSED):
        return
    headers = task.config.get("headers")
    if task.config.damaged or (headers is not None and not isinstance(headers, Mapping)) or _has_key(headers):
        return
    message = f"a {method.text.upper()} may be done twice when it is tried again: send an Idempotency-Key header"
    fixes = partial(_fixes, view, task.config, headers, snapshot)
    yield Report(view.document, pair.key.span, message, fixes=fixes)


def _has_key(headers: Mapping | None) -> bool:
    names = [(pair.name or "").casefold() for pair in headers.effective_pairs()] if headers is not None else []
    return any(word in name for name in names for word in _KEYS)


def _fixes(view: NodeView, config: Mapping, headers: Mapping | None, snapshot: Snapshot) -> tuple[Fix, ...]:
    text = text_of(snapshot, view.document)
    key = f'"${{TASKFLOW.process_id}}-{view.id}"'
    if headers is not None:
        edit = insert_key(view.document, headers, "Idempotency-Key", key, text)
    else:
        edit = insert_key(view.document, config, "headers", f"{{Idempotency-Key: {key}}}", text)
    return (
        (Fix("Send an Idempotency-Key header", (edit,)),)
        if edit is not None and isinstance(view.node.id, Scalar)
        else ()
    )


RULE = Rule(
    "MFO805",
    "unbounded-retry",
    Severity.WARNING,
    select.tasks_of_type("http_request"),
    check,
    topics=("reliability",),
    fix="unsafe",
)
