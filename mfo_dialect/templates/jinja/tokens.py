"""Where names stand in a jinja2 template: jinja2's tokens, which know lines only, found again in the source."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError

from mfo_dialect.templates.jinja.sandbox import DEFAULT
from mfo_dialect.text import LineIndex, Span


class NamePlaces:
    """Hands out the places of names, line by line, in the order of the source."""

    def __init__(self, source: str) -> None:
        """Index ``source``."""
        self._lines = LineIndex(source)
        self._places: defaultdict[tuple[int, str], deque[Span]] = defaultdict(deque)
        for line, kind, text, span in _tokens(source):
            if kind == "name":
                self._places[line, text].append(span)

    def take(self, line: int, name: str) -> Span:
        """The next place of ``name`` in the 1-based ``line``; the text of the line when it is not found."""
        return self.find(line, name) or self.line(line)

    def find(self, line: int, name: str) -> Span | None:
        """The next place of ``name`` in the 1-based ``line``, taken; None when it is not found."""
        places = self._places.get((line, name))
        return places.popleft() if places else None

    def line(self, line: int) -> Span:
        """The text of the 1-based ``line``, without the spaces around it."""
        start = self._lines.line_start(line - 1)
        text = self._lines.line_text(line - 1)
        indent = len(text) - len(text.lstrip())
        return Span(start + indent, start + max(indent, len(text.rstrip())))


def jinja_tokens(source: str) -> Iterator[tuple[str, str, Span]]:
    """jinja2's own tokens as far as its lexer can read: the kind by jinja2's name, the text and the place."""
    return ((kind, text, span) for _, kind, text, span in _tokens(source))


def _tokens(source: str) -> Iterator[tuple[int, str, str, Span]]:
    position = 0
    flat = same_length_lines(source)
    try:
        for line, kind, text in DEFAULT.lex(flat):
            start = flat.find(text, position)
            if start >= 0:
                position = start + len(text)
                yield line, kind, text, Span(start, position)
    except TemplateSyntaxError:
        return


def same_length_lines(source: str) -> str:
    r"""The source with ``\\n`` for every line break and not a character more or less."""
    return source.replace("\r\n", " \n").replace("\r", "\n")
