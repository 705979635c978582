"""What is being typed at a place in a Markdown text with front matter; as ``syntax/cursor.py`` says it of YAML."""

from __future__ import annotations

import re
from dataclasses import replace

from mfo_dialect.catalogue.prompts_keys import BODY_KEY
from mfo_dialect.model.markdown import Layout, layout_of
from mfo_dialect.syntax.cursor import CursorContext, Expects, Within, context_at
from mfo_dialect.syntax.document import SyntaxTree
from mfo_dialect.text import Span

_WORD_BEFORE = re.compile(r"\S*\Z")
_WORD_BEHIND = re.compile(r"\S*")


def context_in_markdown(tree: SyntaxTree, path: tuple[str, str], offset: int) -> CursorContext:
    """What a cursor at ``offset`` is typing.

    Args:
        tree: what ``parse_markdown`` made of the text.
        path: the keys around the front matter's map.
        offset: the cursor; offsets outside the text count as its ends.
    """
    text = tree.text
    offset = min(max(offset, 0), len(text))
    layout = layout_of(text)
    if layout is None or offset > layout.front.end or (offset == layout.front.end and not layout.front.end):
        return _in_body(text, path, offset)
    front = context_at(SyntaxTree(text[: layout.front.end], (), ()), offset)
    siblings = (*front.siblings, *_body_key(layout)) if not front.path else front.siblings
    return replace(front, path=(*path, *front.path), siblings=siblings)


def _body_key(layout: Layout) -> tuple[tuple[str, Span], ...]:
    has_body = layout.body.start < layout.body.end
    return ((BODY_KEY, Span(layout.front.end, layout.front.end)),) if has_body else ()


def _in_body(text: str, path: tuple[str, str], offset: int) -> CursorContext:
    before = _WORD_BEFORE.search(text, 0, offset)
    behind = _WORD_BEHIND.match(text, offset)
    word = Span(before.start() if before else offset, behind.end() if behind else offset)
    typed = text[word.start : offset]
    within = Within.BLOCK_SCALAR
    return CursorContext((*path, BODY_KEY), Expects.VALUE, BODY_KEY, word, typed, within, None, False, (), 0)
