"""``textDocument/completion``: what may be typed at a place, as the client can take it."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.completion import CompletionClient, Item, ItemKind, complete
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up

OPTIONS = types.CompletionOptions(trigger_characters=[".", "{", "<", "[", " "])
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


def answer(server: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    """The items for a cursor."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    client = CompletionClient(snippets=server.session.client.snippets)
    items = complete(view.snapshot, view.key, view.offset(params.position), client)
    return [_converted(item, view) for item in items]


def _converted(item: Item, view: View) -> types.CompletionItem:
    client = view.session.client
    text = item.new_text if client.keeps_indentation else item.new_text.replace("\n" + " " * item.line_indent, "\n")
    return types.CompletionItem(
        item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        documentation=_documentation(item, markdown=client.markdown_items),
        sort_text=item.sort_key or None,
        insert_text_format=types.InsertTextFormat.Snippet if item.is_snippet else types.InsertTextFormat.PlainText,
        insert_text_mode=types.InsertTextMode.AsIs if client.keeps_indentation else None,
        text_edit=types.TextEdit(view.range(item.span), text),
    )


def _documentation(item: Item, *, markdown: bool) -> types.MarkupContent | str | None:
    if not item.documentation:
        return None
    return types.MarkupContent(types.MarkupKind.Markdown, item.documentation) if markdown else item.documentation
