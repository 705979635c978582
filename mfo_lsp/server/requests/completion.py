"""``textDocument/completion``: what may be typed at a place, as the client can take it; words about an item when it is looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lsprotocol import types

from mfo_dialect.text import Span
from mfo_lsp.features.completion import CompletionClient, Item, ItemKind, complete_at, place_at, wanted_by_completion
from mfo_lsp.features.recorded import NOTHING_RECORDED
from mfo_lsp.server import project_documents
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.convert import to_key
from mfo_lsp.server.flow_tests import is_test_document
from mfo_lsp.server.host import Server
from mfo_lsp.server.json_text import JsonText, json_text
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.project_documents import is_project_document
from mfo_lsp.server.test_documents import complete
from mfo_lsp.server.told import Offered

OPTIONS = types.CompletionOptions(trigger_characters=[".", "{", "<", "[", " ", "|", "%"], resolve_provider=True)
_NO_WORD = re.compile(r"[^\w$]*")
_Plain = dict[str, Any]
"""A value of the protocol as JSON values: written by hand, as there may be a hundred items after every keystroke."""
_KINDS = {
    ItemKind.KEY: types.CompletionItemKind.Property,
    ItemKind.TASK_TYPE: types.CompletionItemKind.Class,
    ItemKind.NODE: types.CompletionItemKind.Function,
    ItemKind.ROOT: types.CompletionItemKind.Module,
    ItemKind.FIELD: types.CompletionItemKind.Field,
    ItemKind.PROMPT_TEMPLATE: types.CompletionItemKind.Text,
    ItemKind.ERROR_TEMPLATE: types.CompletionItemKind.Text,
    ItemKind.AGENT: types.CompletionItemKind.Interface,
    ItemKind.TOOL: types.CompletionItemKind.Method,
    ItemKind.TASKFLOW: types.CompletionItemKind.Module,
    ItemKind.SCHEMA: types.CompletionItemKind.Struct,
    ItemKind.SECRET: types.CompletionItemKind.Constant,
    ItemKind.CHOICE: types.CompletionItemKind.EnumMember,
    ItemKind.VALUE: types.CompletionItemKind.Value,
    ItemKind.VARIABLE: types.CompletionItemKind.Variable,
    ItemKind.FUNCTION: types.CompletionItemKind.Function,
    ItemKind.KEYWORD: types.CompletionItemKind.Keyword,
}


@dataclass(frozen=True, slots=True)
class _List:
    """The items of one answer.

    Attributes:
        view: the document.
        offset: the cursor.
        number: by which the list is known when an item of it is resolved; None where nothing is left for then.
        ranges: of stretches that items replace, most of which are the same.
    """

    view: View
    offset: int
    number: int | None
    ranges: dict[Span, _Plain] = field(default_factory=dict[Span, _Plain])

    def range(self, span: Span) -> _Plain:
        """The range of a stretch."""
        known = self.ranges.get(span)
        if known is None:
            known = self.ranges[span] = {"start": self._position(span.start), "end": self._position(span.end)}
        return known

    def _position(self, offset: int) -> _Plain:
        line, column = self.view.lines.position(offset, self.view.session.encoding)
        return {"line": line, "character": column}


async def answer(
    server: Server, params: types.CompletionParams
) -> list[types.CompletionItem] | JsonText:  # fmt: skip
    """The items for a cursor; to be asked for again as more is typed where some were left out."""
    session = server.session
    view = look_up(session, params.text_document.uri)
    if view is None:
        key = to_key(params.text_document.uri)
        if is_project_document(session, key):
            return project_documents.complete(server, key, params.position)
        return complete(server, key, params.position) if is_test_document(key) else []
    client = CompletionClient(snippets=session.client.snippets)
    offset = view.offset(params.position)
    place = place_at(view.snapshot, view.key, offset)
    wanted = wanted_by_completion(place) if place is not None else None
    recorded = NOTHING_RECORDED
    if wanted is not None:
        recorded = await session.recorded_runs.of([wanted], view.snapshot.bundle.project)
        view = look_up(session, params.text_document.uri) or view  # it may have been edited meanwhile
        offset = view.offset(params.position)
        place = place_at(view.snapshot, view.key, offset)
    if place is None:
        return []
    items = complete_at(place, client, recorded)
    number = session.offered.number + 1
    session.offered = Offered(number, items)
    listed = _List(view, offset, number if "documentation" in session.client.resolved_of_items else None)
    converted = [_converted(item, index, listed) for index, item in enumerate(items)]
    is_narrowed = any(item.is_narrowed for item in items)
    return json_text({"isIncomplete": True, "items": converted} if is_narrowed else converted)


def resolve(server: Server, params: types.CompletionItem) -> types.CompletionItem:
    """An item with what it is in words; as it was where it is none of the last list."""
    offered = server.session.offered
    data = cast("object", params.data)  # pyright: ignore[reportUnknownMemberType] - the protocol leaves it open
    said = cast("Mapping[str, object]", data if isinstance(data, Mapping) else {})
    number, place = said.get("list"), said.get("item")
    is_known = number == offered.number and isinstance(place, int) and 0 <= place < len(offered.items)
    if is_known and isinstance(place, int) and offered.items[place].label == params.label:
        params.documentation = _documentation(offered.items[place], server.session.client)
    return params


def _converted(item: Item, place: int, listed: _List) -> _Plain:
    client = listed.view.session.client
    text = item.new_text if client.keeps_indentation else item.new_text.replace("\n" + " " * item.line_indent, "\n")
    text_format = types.InsertTextFormat.Snippet if item.is_snippet else types.InsertTextFormat.PlainText
    plain: _Plain = {
        "label": item.label,
        "kind": _KINDS[item.kind].value,
        "insertTextFormat": text_format.value,
        "textEdit": _edit(item, text, listed),
    }
    if item.detail:
        plain["detail"] = item.detail
    if item.sort_key:
        plain["sortText"] = item.sort_key
    if filter_text := _filter_text(item, listed):
        plain["filterText"] = filter_text
    if client.keeps_indentation:
        plain["insertTextMode"] = types.InsertTextMode.AsIs.value
    if item.takes_dot and client.commit_characters:
        plain["commitCharacters"] = ["."]
    if listed.number is not None:
        plain["data"] = {"list": listed.number, "item": place}
    elif (documentation := _documentation(item, client)) is not None:
        plain["documentation"] = listed.view.session.plain(documentation)
    return plain


def _edit(item: Item, text: str, listed: _List) -> _Plain:
    """The edit: of the whole word, and for clients that choose between the two, of what is typed of it too."""
    whole = listed.range(item.span)
    if not listed.view.session.client.insert_replace:
        return {"range": whole, "newText": text}
    typed = {"start": whole["start"], "end": listed.range(Span(item.span.start, listed.offset))["end"]}
    return {"newText": text, "insert": typed, "replace": whole}


def _filter_text(item: Item, listed: _List) -> str | None:
    """What typing is matched with: the label, behind whatever else stands before the cursor in the edit's range."""
    typed = listed.view.lines.slice(item.span.start, max(item.span.start, listed.offset))
    lead = _NO_WORD.match(typed)
    return f"{lead.group()}{item.label}" if lead is not None and lead.group() else None


def _documentation(item: Item, client: Client) -> types.MarkupContent | str | None:
    words = item.documentation
    if not words:
        return None
    return types.MarkupContent(types.MarkupKind.Markdown, words) if client.markdown_items else words
