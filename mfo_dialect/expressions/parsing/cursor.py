"""A place in the tokens: what stands there, what was expected, whom to blame. It knows no grammar."""

from __future__ import annotations

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.problems import Problem, ProblemKind
from mfo_dialect.expressions.tokens import Token, TokenKind
from mfo_dialect.text import Span

BRACKET, OPERATOR = TokenKind.BRACKET, TokenKind.OPERATOR


class Cursor:
    """A place in the tokens of one expression, and the problems so far; each token is blamed at most once.

    Attributes:
        problems: what is wrong, in the order in which it was met.
        current: the first token not consumed.
        count: how many nodes were made.
    """

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self.problems: list[Problem] = []
        self._end = len(source)
        self._tokens = tokens
        self._index: int = 0
        self._blamed: int = -1
        self.count: int = 0
        self._last_end: int = 0
        self.current: Token = tokens[0]
        self._blame_fault()

    def _advance(self) -> None:
        self._last_end = self.current.span.end
        if self._index < len(self._tokens) - 1:
            self._index += 1
            self.current = self._tokens[self._index]
            if self.current.kind is TokenKind.FAULT:
                self._blame_fault()

    def _at_end(self) -> bool:
        return self.current.kind is TokenKind.END

    def _is(self, kind: TokenKind, text: str) -> bool:
        return self.current.text == text and self.current.kind is kind

    def _expect(self, kind: TokenKind, text: str) -> bool:
        if self.current.text == text and self.current.kind is kind:
            self._advance()
            return True
        self._unexpected(f'; expected "{text}"')
        return False

    def _problem(self, message: str, span: Span) -> None:
        self.problems.append(Problem(message, span, ProblemKind.SYNTAX))

    def _blame(self, message: str) -> None:
        if self._blamed < self._index:
            self._blamed = self._index
            self._problem(message, self.current.span)

    def _unexpected(self, expected: str = "") -> None:
        self._blame(f"unexpected {self.current}{expected}")

    def _blame_fault(self) -> None:
        token = self.current
        if token.kind is TokenKind.FAULT and self._blamed < self._index:
            self._blamed = self._index
            self._problem(token.fault, Span(token.fault_at, max(token.fault_at, token.span.end)))

    def _give_up(self, message: str) -> Node:
        self._blame(message)
        self._index = len(self._tokens) - 1
        self.current = self._tokens[self._index]
        self._blamed = self._index
        return self._missing()

    def _missing(self) -> Node:
        start = self._end if self.current.kind is TokenKind.END else self.current.span.start
        return nodes.Missing(Span(start, start))

    def _broken(self, parts: list[Node]) -> Node:
        return nodes.Broken(Span(min(part.span.start for part in parts), self._last_end), tuple(parts))

    def _from(self, start: Node | Token) -> Span:
        self.count += 1
        return Span(start.span.start, max(self._last_end, start.span.start))
