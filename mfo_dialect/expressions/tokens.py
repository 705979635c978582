"""From the text of an expression to tokens with spans. It knows words and signs, and no grammar.

Broken text gives tokens too: what cannot be read becomes a ``FAULT`` token that says why, and reading goes on.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from mfo_dialect.expressions.literals import LiteralError, read_bytes, read_raw_string, read_string, string_fault
from mfo_dialect.expressions.problems import shown
from mfo_dialect.text import Span


class TokenKind(Enum):
    """What a token is; ``END`` closes every list of tokens, ``FAULT`` is text that is no token."""

    IDENTIFIER = "name"
    NUMBER = "number"
    STRING = "string"
    BYTES = "bytes"
    OPERATOR = "operator"
    BRACKET = "bracket"
    COMMENT = "comment"
    FAULT = "fault"
    END = "end"


class Token(NamedTuple):
    """One word or sign.

    Attributes:
        kind: what it is.
        text: as written; of a string, the text that it means.
        span: where it stands.
        value: of a bytes literal, its bytes.
        fault: of a ``FAULT``, what is wrong.
        fault_at: of a ``FAULT``, the offset that is to blame.
    """

    kind: TokenKind
    text: str
    span: Span
    value: bytes = b""
    fault: str = ""
    fault_at: int = 0

    def __str__(self) -> str:
        """The token in a message."""
        return "end of the expression" if self.kind is TokenKind.END else shown(self.text)


WORD_OPERATORS = frozenset(
    {"not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"}
)
_STRING_BODY = r"(?:[^{q}\\\n]++|\\(?:[abfnrtv\\{q}]|[0-7]{{3}}|x[0-9a-fA-F]{{2}}|u\{{[0-9a-fA-F]{{1,6}}\}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}))*+"
_QUOTED = "|".join(f"{quote}{_STRING_BODY.format(q=quote)}{quote}" for quote in "\"'")
_NUMBER = "|".join(
    rf"{prefix}[{digits}]*+(?:\.(?!\.)[{digits}]*+)?(?:[eE][+-]?[{digits}]*+)?"
    for prefix, digits in (("0[xX]", "0-9a-fA-F_"), ("0[oO]", "0-7_"), ("0[bB]", "01_"), ("[0-9]", "0-9_"))
)
_TOKEN = re.compile(
    rf"""
      (?P<space>[\t\n\v\f\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]++)
    | (?P<comment>//[^\n]*+|/\*(?s:.*?)\*/)
    | (?P<bytes>[bB](?:{_QUOTED}))
    | (?P<number>\.?(?=[0-9])(?:{_NUMBER}))
    | (?P<word>[\w$]++)
    | (?P<string>{_QUOTED})
    | (?P<raw>`(?:[^`]++|``)*+`)
    | (?P<bracket>[()\[\]{{}}])
    | (?P<pointer>\#\#?(?P<pointed>[\w$]*+))
    | (?P<operator>\?[.?]?|\|\|?|::?|\.\.?|[&!=*<>][&=*]?|[,;%+\-^]|/(?!\*))
    """,
    re.VERBOSE,
)
_KINDS = {"bracket": TokenKind.BRACKET, "operator": TokenKind.OPERATOR}


def tokenize(source: str) -> list[Token]:
    """All tokens of ``source``, comments included, an ``END`` token last."""
    tokens: list[Token] = []
    offset, end = 0, len(source)
    while offset < end:
        match = _TOKEN.match(source, offset)
        group = match.lastgroup if match else None
        if match is None or group is None:
            token = _fault(source, offset)
            tokens.append(token)
            offset = token.span.end
            continue
        if group == "space":
            offset = match.end()
            continue
        if group in _KINDS:
            tokens.append(Token(_KINDS[group], match[0], Span(offset, match.end())))
        else:
            _READERS[group](source, match, tokens)
        offset = tokens[-1].span.end
    tokens.append(Token(TokenKind.END, "", Span(max(end - 1, 0), end)))
    return tokens


def is_name_character(character: str) -> bool:
    """Whether a name may hold the character: a letter, a decimal digit, ``_`` or ``$``."""
    return character.isalpha() or character.isdecimal() or character in "_$"


def _name_end(source: str, start: int, end: int) -> int:
    if source.isascii():
        return end
    return next((index for index in range(start, end) if not is_name_character(source[index])), end)


def _word(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    start = match.start()
    end = _name_end(source, start, match.end())
    if end == start:
        tokens.append(_fault(source, start))
        return
    text = source[start:end]
    if text in {"b", "B"} and source[end : end + 1] in {'"', "'"}:
        fault_at, fault = string_fault(source, end)
        tokens.append(_fault_token(source, start, fault_at, fault))
        return
    kind = TokenKind.OPERATOR if text in WORD_OPERATORS else TokenKind.IDENTIFIER
    tokens.append(Token(kind, text, Span(start, end)))


def _pointer(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    name = match.start("pointed")
    tokens.append(Token(TokenKind.OPERATOR, source[match.start() : name], Span(match.start(), name)))
    end = _name_end(source, name, match.end())
    if end > name:
        tokens.append(Token(TokenKind.IDENTIFIER, source[name:end], Span(name, end)))


def _number(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    end = match.end()
    span = Span(match.start(), end)
    if end < len(source) and is_name_character(source[end]):
        stop = end
        while stop < len(source) and is_name_character(source[stop]):
            stop += 1
        text = source[span.start : stop]
        fault = f"{text[:40]} is not a number"
        tokens.append(Token(TokenKind.FAULT, text, Span(span.start, stop), fault=fault, fault_at=end))
        return
    tokens.append(Token(TokenKind.NUMBER, match[0], span))


def _string(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    span = Span(*match.span())
    try:
        tokens.append(Token(TokenKind.STRING, read_string(match[0]), span))
    except LiteralError as error:
        tokens.append(Token(TokenKind.FAULT, match[0], span, fault=str(error), fault_at=span.end - 1))
    _ = source


def _raw(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token(TokenKind.STRING, read_raw_string(match[0]), Span(*match.span())))
    _ = source


def _bytes(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    span = Span(*match.span())
    try:
        tokens.append(Token(TokenKind.BYTES, match[0], span, value=read_bytes(match[0][1:])))
    except LiteralError as error:
        tokens.append(Token(TokenKind.FAULT, match[0], span, fault=str(error), fault_at=span.end - 1))
    _ = source


def _comment(source: str, match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token(TokenKind.COMMENT, match[0], Span(*match.span())))
    _ = source


_READERS = {
    "word": _word,
    "pointer": _pointer,
    "pointed": _pointer,
    "number": _number,
    "string": _string,
    "raw": _raw,
    "bytes": _bytes,
    "comment": _comment,
}


def _fault(source: str, offset: int) -> Token:
    character = source[offset]
    if character in "\"'":
        fault_at, fault = string_fault(source, offset)
        return _fault_token(source, offset, fault_at, fault)
    if source.startswith("/*", offset):
        end = len(source)
        return Token(
            TokenKind.FAULT, source[offset:], Span(offset, end), fault="the comment is not closed", fault_at=end
        )
    if character == "`":
        end = len(source)
        return Token(
            TokenKind.FAULT, source[offset:], Span(offset, end), fault="the string is not closed", fault_at=end
        )
    span = Span(offset, offset + 1)
    return Token(TokenKind.FAULT, character, span, fault=f"unexpected character {character!r}", fault_at=offset)


def _fault_token(source: str, start: int, fault_at: int, fault: str) -> Token:
    line_end = source.find("\n", fault_at)
    end = line_end if line_end >= 0 else len(source)
    return Token(TokenKind.FAULT, source[start:end], Span(start, end), fault=fault, fault_at=fault_at)
