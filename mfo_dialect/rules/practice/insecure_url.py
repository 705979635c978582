"""An address is called without encryption.

## What it finds

``http://`` in the ``url`` of a task and in the ``base_url`` of a client, unless the host is this machine or is given by
a reference. Addresses in prompts and other text are left alone.

## Why it matters

Everybody on the way can read and change what is sent, tokens included.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: http_request
    config: {url: "http://mail.example.org/letters"}
    #              ^^^^^^^ MFO804 https
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: http_request
    config: {url: "https://mail.example.org/letters"}
  - id: fetch_here
    type: http_request
    config: {url: "http://localhost:8080/letters"}
```

## Fix

Write ``https://``, where the host answers there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, TextType, ValueType
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span

_KEYS = frozenset({"url", "base_url"})
_PLAIN_HTTP = re.compile(r"\s*(http://)(?:[^\s/?#@]*@)?(\[[^\]\s]*\]|[^\s/?#:]*)", re.IGNORECASE)
_LOOPBACK = re.compile(
    r"localhost\.?|.*\.localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|host\.docker\.internal", re.IGNORECASE
)


def check(visit: Visit, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one address that is called without encryption."""
    node = visit.node
    match = _PLAIN_HTTP.match(node.text) if isinstance(node, Scalar) else None
    if (
        match is None
        or not isinstance(node, Scalar)
        or not match[2]
        or "$" in match[2]
        or _LOOPBACK.fullmatch(match[2])
    ):
        return
    yield Report(
        visit.document,
        node.span_of(Span(*match.span(1))),
        "what is sent can be read and changed on the way: use https://",
    )


def _is_address(declared: ValueType, key: Key | None) -> bool:
    return key is not None and key.name in _KEYS and isinstance(declared, TextType)


RULE = Rule("MFO804", "insecure-url", Severity.WARNING, select.visits_where(_is_address), check, topics=("security",))
