"""Inside the actions of a template: what they may go on with, in the template's own language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_lsp.features.completion.go_templates import go_items
from mfo_lsp.features.completion.items import CompletionClient, Item
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.template_data import data_of, is_jinja

_GO = re.compile(r"\{\{(?!-?\s*/\*)|\}\}")
_JINJA = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_OPENING = frozenset({"{{", "{%"})


def is_in_template(place: Place) -> bool:
    """Whether the cursor is behind braces that are not closed before it."""
    return _opened(place) is not None


def _opened(place: Place) -> re.Match[str] | None:
    """The braces of the action under the cursor, in the text before it; None outside of actions."""
    marks = list((_JINJA if is_jinja(place) else _GO).finditer(place.before()))
    return marks[-1] if marks and marks[-1].group() in _OPENING else None


def template_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    """What the action under the cursor may go on with."""
    opened = _opened(place)
    if opened is None or _is_in_text(place.before()[opened.end() :]):
        return
    data = data_of(place)
    if data.is_go:
        yield from go_items(place, data, opened.start(), client)
    else:
        from mfo_lsp.features.completion.jinja_templates import jinja_items  # noqa: PLC0415 - jinja2 loads where it is used

        yield from jinja_items(place, data, opened, client)


def _is_in_text(action: str) -> bool:
    """Whether a string is open at the end of an action's text."""
    quote = ""
    escaped = False
    for character in action:
        if escaped:
            escaped = False
        elif quote and character == "\\" and quote != "`":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
    return bool(quote)
