"""The pieces between which white space may stand: scalars from the tree, indicators and comments from between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.syntax import Alias, Mapping, Node, Scalar, Sequence, SyntaxTree, children_of

_BYTE_ORDER_MARK = "\ufeff"
_SPACE = re.compile(r"[ \t\r\n]+")
_PIECE = re.compile(
    r"(?P<comment>(?<![^ \t\r\n\ufeff])#[^\r\n]*)"
    r"|(?P<mark>(?<![^\r\n\ufeff])(?:---|\.\.\.)(?![^ \t\r\n]))"
    r"|(?P<directive>(?<![^\r\n\ufeff])%[^\r\n]*)"
    r"|(?P<property>!<[^\s>]*>|[&!][^\s,\[\]{}]*)"
    r"|(?P<dash>-)|(?P<question>\?)|(?P<colon>:)|(?P<comma>,)|(?P<opening>[\[{])|(?P<closing>[\]}])"
)


class Kind(Enum):
    """What a piece is."""

    SCALAR = "scalar"
    ALIAS = "alias"
    COMMENT = "comment"
    MARK = "mark"
    DIRECTIVE = "directive"
    PROPERTY = "property"
    DASH = "dash"
    QUESTION = "question"
    COLON = "colon"
    COMMA = "comma"
    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text, ``text[start:end]``; ``scalar`` where it is one."""

    kind: Kind
    start: int
    end: int
    scalar: Scalar | None = None


class UnknownLayoutError(Exception):
    """Something that the formatter does not know how to lay out, and its offset."""

    def __init__(self, reason: str, offset: int) -> None:
        """Say what stands at ``offset``."""
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def tokens_of(tree: SyntaxTree) -> list[Token]:
    """All pieces of a text without problems, in order.

    Raises:
        UnknownLayoutError: something stands between scalars that is no piece, or a key is written behind a ``?``.
    """
    found: list[Token] = []
    place = 1 if tree.text.startswith(_BYTE_ORDER_MARK) else 0
    for document in tree.documents:
        for token in _leaves(document.root):
            found += _between(tree.text, place, token.start)
            found.append(token)
            place = token.end
    found += _between(tree.text, place, len(tree.text))
    _refuse_explicit_keys(found)
    return found


def _leaves(root: Node | None) -> Iterator[Token]:
    waiting: list[Node] = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping | Sequence):
            waiting += reversed(children_of(node))
        elif isinstance(node, Alias):
            yield Token(Kind.ALIAS, node.span.start, node.span.end)
        elif isinstance(node, Scalar) and not node.is_missing:
            yield Token(Kind.SCALAR, node.span.start, node.span.end, node)


def _between(text: str, start: int, end: int) -> Iterator[Token]:
    place = start
    while place < end:
        if space := _SPACE.match(text, place, end):
            place = space.end()
            continue
        piece = _PIECE.match(text, place)
        if piece is None or piece.lastgroup is None or piece.end() > end:
            raise UnknownLayoutError("there is something here that the formatter does not know", place)
        yield Token(Kind(piece.lastgroup), piece.start(), piece.end())
        place = piece.end()


def _refuse_explicit_keys(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        depth += (token.kind is Kind.OPENING) - (token.kind is Kind.CLOSING)
        if token.kind is Kind.QUESTION and depth == 0:
            raise UnknownLayoutError('the formatter does not know keys behind a "?"', token.start)


class Tokens:
    """The pieces of a text, to be looked up by place."""

    __slots__ = ("_dashes", "_starts", "all")

    def __init__(self, tokens: list[Token]) -> None:
        """Index the pieces."""
        self.all = tokens
        self._starts = [token.start for token in tokens]
        self._dashes = [token.start for token in tokens if token.kind is Kind.DASH]

    def dash_before(self, offset: int) -> int:
        """The offset of the last dash before an offset; there is one before each item of a list in dashes."""
        return self._dashes[bisect_left(self._dashes, offset) - 1]

    def between(self, start: int, end: int) -> list[Token]:
        """The pieces that start in a stretch, its end left out."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def before(self, offset: int) -> Token | None:
        """The last piece that starts before an offset."""
        index = bisect_left(self._starts, offset) - 1
        return self.all[index] if index >= 0 else None

    def after(self, token: Token) -> Token | None:
        """The piece behind a piece."""
        index = bisect_left(self._starts, token.end)
        return self.all[index] if index < len(self.all) else None
