"""An address is called without encryption.

## What it finds

``http://`` in the ``url`` of a task and in the ``base_url`` of a client or of a server in the project file, unless the host is
this machine or is given by a reference. Addresses in prompts and other text are left alone.

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
from collections.abc import Iterator, Mapping
from typing import cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.layouts import ADDRESSES
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, TextType, ValueType
from mfo_dialect.findings import Severity
from mfo_dialect.records import record
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span

_MESSAGE = "what is sent can be read and changed on the way: use https://"
_PLAIN_HTTP = re.compile(r"\s*(http://)(?:[^\s/?#@]*@)?(\[[^\]\s]*\]|[^\s/?#:]*)", re.IGNORECASE)
_LOOPBACK = re.compile(
    r"localhost\.?|.*\.localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|host\.docker\.internal", re.IGNORECASE
)


@record
class _Profile:
    """A server's address in the project file."""

    name: str
    url: str


def _profiles(_bundle: Bundle, snapshot: Snapshot) -> Iterator[_Profile]:
    for name, profile in snapshot.bundle.project.section("servers").items():
        url = cast("Mapping[str, object]", profile).get("base_url") if isinstance(profile, Mapping) else None
        if isinstance(url, str):
            yield _Profile(name, url)


def check(item: Visit | _Profile, snapshot: Snapshot) -> Iterator[Report]:
    """Report one address that is called without encryption."""
    if isinstance(item, _Profile):
        project = snapshot.bundle.project
        if _scheme_without_encryption(item.url) is not None:
            place = project.place_of("servers", item.name, "base_url")
            yield Report(project.document, place, f'"base_url": {_MESSAGE}')
        return
    node = item.node
    span = _scheme_without_encryption(node.text) if isinstance(node, Scalar) else None
    if span is not None and isinstance(node, Scalar):
        yield Report(item.document, node.span_of(span), _MESSAGE)


def _scheme_without_encryption(url: str) -> Span | None:
    """Where ``http://`` stands in an address of another machine; None for any other address."""
    match = _PLAIN_HTTP.match(url)
    if match is None or not match[2] or "$" in match[2] or _LOOPBACK.fullmatch(match[2]):
        return None
    return Span(*match.span(1))


def _is_address(declared: ValueType, key: Key | None) -> bool:
    return key is not None and key.name in ADDRESSES and isinstance(declared, TextType)


_addresses = select.visits_where(_is_address)
RULE = Rule(
    "MFO804",
    "insecure-url",
    Severity.WARNING,
    (_addresses, select.Selector((Bundle,), _profiles)),
    check,
    topics=("security",),
)
