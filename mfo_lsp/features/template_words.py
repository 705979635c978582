"""The words inside the actions of a prompt template, of either language, with what each stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.templates import FUNCTIONS, Template
from mfo_dialect.templates.jinja import JINJA_FILTERS, JINJA_TESTS, JinjaTemplate
from mfo_dialect.templates.jinja.tokens import jinja_tokens
from mfo_dialect.templates.pipelines import KEYWORDS
from mfo_dialect.templates.tokens import ActionPiece, CommentPiece, Token, TokenKind, read_pieces
from mfo_dialect.text import Span


class WordKind(Enum):
    """What a word is."""

    MARK = "mark"
    KEYWORD = "keyword"
    FUNCTION = "function"
    FIELD = "field"
    VARIABLE = "variable"
    TEXT = "text"
    NUMBER = "number"
    OPERATOR = "operator"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Word:
    """One word; its span speaks of the template's text."""

    kind: WordKind
    span: Span


@dataclass(frozen=True, slots=True)
class Action:
    """One action with its delimiters, or a comment; spans speak of the template's text."""

    span: Span
    words: tuple[Word, ...]


_GO_KINDS = {
    TokenKind.FIELD: WordKind.FIELD,
    TokenKind.VARIABLE: WordKind.VARIABLE,
    TokenKind.NUMBER: WordKind.NUMBER,
    TokenKind.STRING: WordKind.TEXT,
    TokenKind.RAW_STRING: WordKind.TEXT,
    TokenKind.CHARACTER: WordKind.TEXT,
    TokenKind.DECLARE: WordKind.OPERATOR,
    TokenKind.ASSIGN: WordKind.OPERATOR,
    TokenKind.PIPE: WordKind.OPERATOR,
}
_CONSTANTS = {"true", "false", "nil"}


def template_actions(template: Template) -> Iterator[Action]:
    """The actions and comments of a template in the order of its text, those of broken text too."""
    if isinstance(template, JinjaTemplate):
        yield from _of_jinja(template.source)
        return
    for piece in read_pieces(template.source):
        span = Span(piece.start, piece.end)
        match piece:
            case ActionPiece(tokens=tokens):
                yield Action(span, tuple(_marked(piece, tokens)))
            case CommentPiece():
                yield Action(span, (Word(WordKind.COMMENT, span),))
            case _:
                pass


def _marked(piece: ActionPiece, tokens: tuple[Token, ...]) -> Iterator[Word]:
    opening = min(piece.start + 2, piece.end)
    yield Word(WordKind.MARK, Span(piece.start, opening))
    for token in tokens:
        kind = _GO_KINDS.get(token.kind)
        if token.kind is TokenKind.WORD:
            is_keyword = token.text in KEYWORDS or token.text in _CONSTANTS
            kind = WordKind.KEYWORD if is_keyword else WordKind.FUNCTION if token.text in FUNCTIONS else None
        if kind is not None:
            yield Word(kind, Span(token.start, token.end))
    if piece.end - piece.inner_end > 0:
        yield Word(WordKind.MARK, Span(piece.end - 2, piece.end))


_JINJA_KEYWORDS = frozenset(
    [
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "endfor",
        "in",
        "not",
        "and",
        "or",
        "is",
        "set",
        "endset",
        "block",
        "endblock",
        "macro",
        "endmacro",
        "call",
        "endcall",
        "filter",
        "endfilter",
        "with",
        "endwith",
        "raw",
        "endraw",
        "autoescape",
        "endautoescape",
        "recursive",
        "do",
        "break",
        "continue",
        "include",
        "import",
        "from",
        "extends",
        "true",
        "false",
        "none",
        "True",
        "False",
        "None",
        "loop",
    ]
)
_OPENING = {"variable_begin": "variable_end", "block_begin": "block_end", "comment_begin": "comment_end"}
_JINJA_KINDS = {
    "string": WordKind.TEXT,
    "integer": WordKind.NUMBER,
    "float": WordKind.NUMBER,
    "operator": WordKind.OPERATOR,
    "comment": WordKind.COMMENT,
}


def _of_jinja(source: str) -> Iterator[Action]:
    words: list[Word] = []
    start: int | None = None
    closing, before = "", ""
    for kind, text, span in jinja_tokens(source):
        if kind in _OPENING:
            start, closing, words = span.start, _OPENING[kind], [Word(WordKind.MARK, span)]
        elif start is not None and kind == closing:
            end = span.start + len(text.rstrip())  # after a trim mark, jinja2 counts the white space that it takes away
            yield Action(Span(start, end), (*words, Word(WordKind.MARK, Span(span.start, end))))
            start = None
        elif start is not None and kind != "whitespace":
            word_kind = _jinja_name(text, before) if kind == "name" else _JINJA_KINDS.get(kind)
            if word_kind is not None:
                words.append(Word(word_kind, span))
            before = text
    if start is not None:
        yield Action(Span(start, words[-1].span.end), tuple(words))


def _jinja_name(name: str, before: str) -> WordKind:
    if before == ".":
        return WordKind.FIELD
    if before == "|" and name in JINJA_FILTERS:
        return WordKind.FUNCTION
    if before in {"is", "not"} and name in JINJA_TESTS:
        return WordKind.FUNCTION
    return WordKind.KEYWORD if name in _JINJA_KEYWORDS else WordKind.VARIABLE
