"""A server without a line to it: documents are opened in its session, and handlers are called as the table calls them."""

from __future__ import annotations

from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex, Span
from mfo_lsp.server.app import make_server
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.convert import to_uri
from mfo_lsp.server.open_text import TextChange

FOLDER = "/nowhere"
ENCODINGS = list(Encoding)


def serving(encoding=Encoding.UTF16, client=None, **files):
    """A server with some documents open: ``flow__yml="..."``."""
    server = make_server()
    server.session.encoding = encoding
    server.session.client = client or Client()
    for name, text in files.items():
        server.session.open(uri_of(name.replace("__", ".")), 1, text)
    return server


def uri_of(name):
    return to_uri(f"{FOLDER}/{name}")


def document(name):
    return types.TextDocumentIdentifier(uri_of(name))


def type_over(server, name, old, new):
    """Type ``new`` over the only ``old`` of a document."""
    text = server.session.open_texts[f"{FOLDER}/{name}"].text
    assert text.count(old) == 1
    at = text.index(old)
    server.session.change(uri_of(name), 2, [replaced(text, Span(at, at + len(old)), new, server.session.encoding)])


def replaced(text, span, new, encoding=Encoding.UTF16):
    """The change that puts ``new`` where ``span`` is, as a client tells it."""
    lines = LineIndex(text)
    return TextChange((lines.position(span.start, encoding), lines.position(span.end, encoding)), new)
