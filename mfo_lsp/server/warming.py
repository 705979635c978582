"""Making the first answers as quick as all others: what a first check loads and learns is loaded before there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import chain

from lsprotocol import types
from pygls.protocol.json_rpc import JsonRPCResponseMessage

from mfo_dialect.analysis.bundle import make_bundle
from mfo_dialect.editing import LiveBundle, unread_source
from mfo_dialect.text import Span, TextEdit
from mfo_lsp.features.completion import complete
from mfo_lsp.features.hover import hover
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice

_REST = 0.05
"""Seconds after the greeting in which a client has time to open its documents, which come first."""
_ROUNDS = 2
_METHODS = (
    types.TEXT_DOCUMENT_COMPLETION,
    types.TEXT_DOCUMENT_HOVER,
    types.TEXT_DOCUMENT_SIGNATURE_HELP,
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT,
    types.TEXT_DOCUMENT_DEFINITION,
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.TEXT_DOCUMENT_INLAY_HINT,
    types.TEXT_DOCUMENT_LINKED_EDITING_RANGE,
    types.COMPLETION_ITEM_RESOLVE,
    types.CANCEL_REQUEST,
)
"""What an editor sends while somebody types, the likeliest first."""
_RESULTS = (
    JsonRPCResponseMessage,
    types.Hover,
    types.MarkupContent,
    types.SignatureHelp,
    types.DocumentHighlight,
    types.Location,
    types.CodeAction,
    types.InlayHint,
    types.LinkedEditingRanges,
    types.CompletionItem,
)
_FLOW = """\
name: sample
config:
  timeout: 30m
input_schema:
  type: object
  properties:
    subject: {type: string, format: date, default: "2020-01-01"}
outputs:
  answer: ${write.message}
tasks:
  - id: fetch
    type: http_request
    config:
      url: https://example.com/${INPUT.subject}
      method: GET
  - id: write
    name: "Write it"
    description: |
      Writes what was asked for,
      and hands it on.
    type: mfo_api_chat_send
    timeout: 30s
    config:
      prompt_template_id: draft
      prompt_context:
        subject: "${fetch.body}"
        previous: $<INPUT.subjct>
    dependencies: [fetch]
  - id: sum
    type: transform
    config:
      values:
        words: len(write.message) + 1
    dependencies: [write, fetch, wrote]
conditions:
  - id: check
    type: expr
    config:
      expression: len(text) > limit && text != 'no'
      vars: {text: write.message, limit: 3}
    dependencies: [write]
    successors: [last]
subflows:
  - id: last
    dependencies: [check]
    tasks:
      - id: inner
        type: mfo_api_memory_get
        config:
          key: kept
"""
_PROMPTS = """\
templates:
  draft:
    provider_id: openai
    system_prompt: You write.
    user_prompt: |
      Write on {{ .subject }}.
      {{ if .previous }}Before: {{ .previous | upper }}{{ end }}
    default_variables:
      previous: ""
"""


def learn(server: Server) -> Iterator[None]:
    """Get the readers and writers of messages ready, one in each step; those that are there cost nothing."""
    for method in _METHODS:
        server.protocol.learn(method)
        yield
    for kind in _RESULTS:
        server.protocol.learn_result(kind)
        yield


def _ask(live: LiveBundle) -> Iterator[None]:
    """Ask what an editor asks while somebody types, one thing in each step."""
    hover(live.snapshot, "workflow.yml", _PLACE)
    yield
    for place in (_PLACE, _TYPE):
        items = complete(live.snapshot, "workflow.yml", place)
        yield
        for item in items:
            item.words()
            yield


async def warm_up(server: Server) -> None:
    """Check a small bundle twice, and edit it, as long as no document is open."""
    await asyncio.sleep(_REST)
    with (
        server.house.building()
    ):  # the collector would take longer than any step, and whoever opens a document would wait
        if await _has_warmed_up(server):
            server.house.settle()


async def _has_warmed_up(server: Server) -> bool:
    share = Slice()
    for _ in range(_ROUNDS):
        if server.session.open_texts:
            return False
        await share.give_way()
        live = LiveBundle(make_bundle(unread_source(key, text) for key, text in _TEXTS.items()))
        for work in (live.look, live.settle):
            while not server.session.open_texts and not work(share.has_time):
                await share.give_way()
        live.edit("workflow.yml", [TextEdit(Span(_PLACE, _PLACE), "x")])
        while not server.session.open_texts and not live.settle(share.has_time):
            await share.give_way()
        for _ in chain(_ask(live), learn(server)):
            if server.session.open_texts:
                return False
            await share.turn()
    return True


_TEXTS = {"workflow.yml": _FLOW, "prompts.yml": _PROMPTS}
_PLACE = _FLOW.index("fetch.body")
_TYPE = _FLOW.index("chat_send")
