"""Template text to pieces: stretches of text, comments, and actions with their tokens.

It knows what a token looks like and what trim marks take away; it knows nothing of how tokens combine. Broken actions
are read on: the first mistake is kept with the action, and what follows is still cut into tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from mfo_dialect.records import record

LEFT = "{{"
RIGHT = "}}"
SPACES = " \t\r\n"

_SPACE_SET = frozenset(SPACES)
_TERMINATORS = frozenset(SPACES + ".,|:()")


class TokenKind(Enum):
    """The sorts of token inside an action; white space is no token."""

    FIELD = "field"
    VARIABLE = "variable"
    NUMBER = "number"
    WORD = "word"
    STRING = "string"
    RAW_STRING = "raw string"
    CHARACTER = "character"
    DECLARE = ":="
    ASSIGN = "="
    COMMA = ","
    PIPE = "|"
    LEFT_PAREN = "("
    RIGHT_PAREN = ")"
    DOT = "."
    OTHER = "other"


class Token(NamedTuple):
    """One token: its kind, where it stands in the source, and its text."""

    kind: TokenKind
    start: int
    end: int
    text: str


class LexicalError(NamedTuple):
    """The first mistake inside an action that no token can hold."""

    message: str
    start: int
    end: int


@record
class TextPiece:
    """Text that is written as it stands, trim marks applied; ``start`` and ``end`` are of what is left."""

    start: int
    end: int
    text: str


@record
class CommentPiece:
    """A comment with its delimiters."""

    start: int
    end: int
    trims_after: bool
    error: LexicalError | None


@record
class ActionPiece:
    """An action with its delimiters and trim marks; ``inner_end`` is where its right delimiter starts."""

    start: int
    inner_end: int
    end: int
    trims_after: bool
    tokens: tuple[Token, ...]
    error: LexicalError | None


Piece = TextPiece | CommentPiece | ActionPiece

_NUMBER = (
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?"
    r"|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_TOKEN = re.compile(
    rf"""
      (?P<close>(?:[ \t\r\n]-)?\}}\}})
    | (?P<space>[ \t\r\n]+(?=[ \t\r\n]-\}}\}})|[ \t\r\n]+)
    | (?P<field>\.(?![0-9])\w+)
    | (?P<variable>\$\w*)
    | (?P<number>(?=[+\-0-9]|\.[0-9]){_NUMBER}(?:(?=[+-]){_NUMBER})?)
    | (?P<word>\w+)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<raw>`[^`]*`)
    | (?P<character>'(?:[^'\\\n]|\\[^\n])*')
    | (?P<declare>:=)
    | (?P<assign>=)
    | (?P<comma>,)
    | (?P<pipe>\|)
    | (?P<left>\()
    | (?P<right>\))
    | (?P<dot>\.)
    | (?P<other>[!-~])
    """,
    re.VERBOSE,
)
_KINDS = {
    "field": TokenKind.FIELD,
    "variable": TokenKind.VARIABLE,
    "number": TokenKind.NUMBER,
    "word": TokenKind.WORD,
    "string": TokenKind.STRING,
    "raw": TokenKind.RAW_STRING,
    "character": TokenKind.CHARACTER,
    "declare": TokenKind.DECLARE,
    "assign": TokenKind.ASSIGN,
    "comma": TokenKind.COMMA,
    "pipe": TokenKind.PIPE,
    "left": TokenKind.LEFT_PAREN,
    "right": TokenKind.RIGHT_PAREN,
    "dot": TokenKind.DOT,
    "other": TokenKind.OTHER,
}
_NAMES = {TokenKind.FIELD, TokenKind.VARIABLE, TokenKind.WORD, TokenKind.DOT}
_UNTERMINATED = {
    '"': "unterminated quoted string",
    "`": "unterminated raw quoted string",
    "'": "unterminated character constant",
}
_ONE_NUMBER = re.compile(_NUMBER)
_TRIM_LENGTH = 2


def read_pieces(source: str) -> Iterator[Piece]:
    """Cut ``source`` into pieces, in order; never fails."""
    position = 0
    trims = False
    while True:
        left = source.find(LEFT, position)
        text_end = len(source) if left < 0 else left
        start = text_end - len(source[position:text_end].lstrip(SPACES)) if trims else position
        opens_trimmed = left >= 0 and _is_left_trim(source, left + len(LEFT))
        if opens_trimmed:
            text_end = start + len(source[start:text_end].rstrip(SPACES))
        if text_end > start:
            yield TextPiece(start, text_end, source[start:text_end])
        if left < 0:
            return
        inner = left + len(LEFT) + (_TRIM_LENGTH if opens_trimmed else 0)
        reader = _read_comment if source.startswith("/*", inner) else _read_action
        piece = reader(source, left, inner)
        yield piece
        position = piece.end
        trims = piece.trims_after


def _is_left_trim(source: str, offset: int) -> bool:
    return source.startswith("-", offset) and source[offset + 1 : offset + 2] in _SPACE_SET


def _read_comment(source: str, start: int, inner: int) -> CommentPiece:
    close = source.find("*/", inner + 2)
    if close < 0:
        return CommentPiece(start, len(source), False, LexicalError("unclosed comment", start, len(source)))
    close += 2
    if source.startswith(RIGHT, close):
        return CommentPiece(start, close + len(RIGHT), False, None)
    trimmed = close + _TRIM_LENGTH
    if source[close : close + 1] in _SPACE_SET and source.startswith("-" + RIGHT, close + 1):
        return CommentPiece(start, trimmed + len(RIGHT), True, None)
    error = LexicalError("comment ends before closing delimiter", start, close)
    right = source.find(RIGHT, close)
    return CommentPiece(start, len(source) if right < 0 else right + len(RIGHT), False, error)


def _read_action(source: str, start: int, inner: int) -> ActionPiece:
    tokens: list[Token] = []
    error: LexicalError | None = None
    position = inner
    depth = 0
    while True:
        match = _TOKEN.match(source, position)
        if match is None or source.startswith(LEFT, position):
            if position >= len(source) or source.startswith(LEFT, position):
                return _cut(source, start, position, tokens, error)
            error = error or _unrecognized(source, position)
            position += 1
            continue
        group = match.lastgroup or ""
        end = match.end()
        if group == "close":
            if depth > 0:
                error = error or LexicalError("unclosed left paren", position, end)
            return ActionPiece(start, position, end, end - position > len(RIGHT), tuple(tokens), error)
        if group != "space":
            token = Token(_KINDS[group], position, end, match.group())
            mistake = _mistake(source, token, depth)
            error = error or mistake
            if mistake is None or token.kind in _NAMES:
                tokens.append(token)
                depth += (token.kind is TokenKind.LEFT_PAREN) - (token.kind is TokenKind.RIGHT_PAREN)
        position = end


def _cut(source: str, start: int, position: int, tokens: list[Token], error: LexicalError | None) -> ActionPiece:
    """End an action that has no right delimiter: at the end of its line, or where the next action begins."""
    line_end = source.find("\n", start, position)
    end = position if line_end < 0 else line_end
    if error is None or error.start >= end:
        error = LexicalError("unclosed action", start, end)
    return ActionPiece(start, end, end, False, tuple(token for token in tokens if token.end <= end), error)


def _unrecognized(source: str, position: int) -> LexicalError:
    return LexicalError(f"unrecognized character in action: U+{ord(source[position]):04X}", position, position + 1)


def _mistake(source: str, token: Token, depth: int) -> LexicalError | None:
    kind, start, end, text = token
    match kind:
        case TokenKind.FIELD | TokenKind.VARIABLE | TokenKind.WORD | TokenKind.DOT:
            return _name_mistake(source, token)
        case TokenKind.NUMBER:
            next_is_letter = source[end : end + 1].isalnum() or source.startswith("_", end)
            if next_is_letter or (not text.isdecimal() and not _is_one_number(text)):
                return LexicalError(f'bad number syntax: "{text}"', start, end)
        case TokenKind.RIGHT_PAREN if depth <= 0:
            return LexicalError("unexpected right paren", start, end)
        case TokenKind.OTHER if text == ":":
            return LexicalError("expected :=", start, end)
        case TokenKind.OTHER if text in _UNTERMINATED:
            return LexicalError(_UNTERMINATED[text], start, end)
        case _:
            pass
    return None


def _name_mistake(source: str, token: Token) -> LexicalError | None:
    for offset in () if token.text.isascii() else range(token.start + 1, token.end):
        if not is_name_character(source[offset]):
            return LexicalError(f"bad character U+{ord(source[offset]):04X}", offset, offset + 1)
    end = token.end
    following = source[end : end + 1]
    if not following or following in _TERMINATORS or source.startswith(RIGHT, end):
        return None
    return LexicalError(f"bad character U+{ord(following):04X}", end, end + 1)


def is_name_character(character: str) -> bool:
    """Whether names may hold ``character``: a letter, a decimal digit or an underscore, as Go sees them."""
    return character == "_" or character.isalpha() or character.isdecimal()


def _is_one_number(text: str) -> bool:
    first = _ONE_NUMBER.match(text)
    return first is not None and (first.end() == len(text) or text.endswith("i"))
