"""An open document's text, kept by us and changed as the protocol's notifications say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsprotocol import types

from mfo_dialect.syntax import LiveTree
from mfo_dialect.text import Encoding, LineIndex, TextEdit, apply_edits
from mfo_lsp.server.convert import to_span


@dataclass(frozen=True, slots=True)
class OpenText:
    """One version of an open document.

    Attributes:
        uri: as the client writes it.
        version: the client's number.
        text: all of it.
    """

    uri: str
    version: int
    text: str


def changed(text: str, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: Encoding) -> str:
    """The text after a notification's changes, each of which speaks of the text after the one before it.

    Args:
        text: the text before.
        changes: stretches to replace, or whole new texts.
        encoding: how the columns of their ranges are counted.
    """
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            span = to_span(LineIndex(text), change.range, encoding)
            text = apply_edits(text, (TextEdit(span, change.text),))
        else:
            text = change.text
    return text


def edits_of(
    tree: LiveTree, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: Encoding
) -> Iterator[TextEdit]:
    """A notification's changes as edits of a tree; it is to be edited by each before the next one is drawn.

    ``tree.apply(edits_of(tree, changes, encoding))`` does so. No line is looked for outside the edited blocks.

    Args:
        tree: the tree of the text before.
        changes: stretches to replace, or whole new texts, of which only what differs becomes an edit.
        encoding: how the columns of their ranges are counted.
    """
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            yield TextEdit(to_span(tree.lines, change.range, encoding), change.text)
        else:
            yield tree.edit_to(change.text)
