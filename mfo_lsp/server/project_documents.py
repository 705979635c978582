"""The project file in the editor: completion and hover, though it is no document of the dialect."""

from __future__ import annotations

from lsprotocol import types

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_lsp.features.completion import CompletionClient, Item, ItemKind
from mfo_lsp.features.project_file import complete_project, hover_project
from mfo_lsp.server.convert import directory_of, to_offset, to_range
from mfo_lsp.server.host import Server
from mfo_lsp.server.session import Session

_KINDS = {ItemKind.KEY: types.CompletionItemKind.Property, ItemKind.CHOICE: types.CompletionItemKind.EnumMember}


def is_project_document(session: Session, key: str) -> bool:
    """Whether a text is the project file of its directory."""
    return key == session.analysis(directory_of(key)).bundle.project.document


def complete(server: Server, key: str, position: types.Position) -> list[types.CompletionItem]:
    """What may be typed in a project file."""
    session = server.session
    snapshot = session.analysis(directory_of(key)).snapshot
    project = snapshot.bundle.project
    offset = to_offset(project.lines, position, session.encoding)
    client = CompletionClient(snippets=session.client.snippets)
    items = complete_project(project, offset, client, _undeclared(snapshot))
    return [
        _converted(item, project.text, to_range(project.lines, item.span, session.encoding), session) for item in items
    ]


def _undeclared(snapshot: Snapshot) -> tuple[str, ...]:
    """The types that tasks of the directory have and nobody declares."""
    project = snapshot.bundle.project
    names = dict.fromkeys(view.type_name for view in snapshot.nodes)
    return tuple(name for name in names if name and project.task_type(name) is None)


def _converted(item: Item, text: str, place: types.Range, session: Session) -> types.CompletionItem:
    words, quote = item.documentation, text[item.span.start : item.span.start + 1]
    markup = types.MarkupContent(types.MarkupKind.Markdown, words) if session.client.markdown_items else words
    form = types.InsertTextFormat.Snippet if item.is_snippet else types.InsertTextFormat.PlainText
    return types.CompletionItem(
        item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        documentation=markup if words else None,
        sort_text=item.sort_key,
        filter_text=(quote if quote in {'"', "'"} else "") + item.label.lstrip("["),
        insert_text_format=form,
        text_edit=types.TextEdit(place, item.new_text),
    )


def explain(server: Server, key: str, position: types.Position) -> types.Hover | None:
    """What is known of the place under a cursor in a project file."""
    session = server.session
    project = session.analysis(directory_of(key)).bundle.project
    found = hover_project(project, to_offset(project.lines, position, session.encoding))
    if found is None:
        return None
    kind = types.MarkupKind.Markdown if session.client.markdown_hover else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, found.markdown), to_range(project.lines, found.span, session.encoding))
