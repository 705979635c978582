"""Expressions: precedence climbing over the table of binding powers, ``let``, ``if`` and ``?:``."""

from __future__ import annotations

from abc import abstractmethod

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.operators import BINARY, COMPARISONS, NEGATABLE
from mfo_dialect.expressions.parsing.cursor import BRACKET, OPERATOR, Cursor
from mfo_dialect.expressions.tokens import Token, TokenKind

MAX_NODES = 10_000
MAX_DEPTH = 100
CLOSERS = frozenset({")", "]", "}"})


class Expressions(Cursor):
    """What operands and operators make; operands are read one floor up."""

    _depth = 0

    @abstractmethod
    def _primary(self) -> Node:
        """Read an operand."""

    @abstractmethod
    def _call(self, token: Token, arguments: list[Node], qualifier: Token | None = None) -> Node:
        """Read a call of the function that ``token`` names, with the arguments that it has already."""

    @abstractmethod
    def _close(self, closer: str, parts: list[Node]) -> list[Node]:
        """Consume a closing bracket, whatever stands before it."""

    def whole(self) -> Node:
        """Read everything; text after the end of an expression is kept as a broken part."""
        parts = [self._sequence()]
        while not self._at_end():
            self._unexpected()
            before = self._index
            if self.current.text in CLOSERS or self.current.text in BINARY:
                self._advance()
            if not self._at_end():
                parts.append(self._sequence())
            if self._index == before:
                self._advance()
        return parts[0] if len(parts) == 1 else self._broken(parts)

    def _sequence(self) -> Node:
        first = self._expression(0)
        if not self._is(OPERATOR, ";"):
            return first
        parts = [first]
        while self._is(OPERATOR, ";"):
            self._advance()
            if self._at_end():
                break
            parts.append(self._expression(0))
        return nodes.Sequence(self._from(first), tuple(parts)) if len(parts) > 1 else first

    def _expression(self, power: int) -> Node:
        if self._depth >= MAX_DEPTH:
            return self._give_up(f"the expression is nested more than {MAX_DEPTH} levels deep")
        if self.count > MAX_NODES:
            return self._give_up(f"the expression has more than {MAX_NODES} parts")
        self._depth += 1
        if power == 0 and self._is(OPERATOR, "let"):
            node = self._let()
        elif power == 0 and self._is(OPERATOR, "if"):
            node = self._if()
        else:
            node = self._operations(self._primary(), power)
            if power == 0:
                node = self._ternary(node)
        self._depth -= 1
        return node

    def _operations(self, left: Node, power: int) -> Node:
        before = ""
        while self.current.kind is OPERATOR:
            token, is_negated = self.current, self.current.text == "not"
            if is_negated:
                if not self._negated(power):
                    return left
                token = self.current
            operator = BINARY.get(token.text)
            if operator is None or operator.power < power:
                return left
            self._advance()
            if token.text == "|":
                left = self._pipe(left)
                before = token.text
                continue
            if before == "??" and token.text != "??":
                self._problem(f'"{token.text}" and "??" cannot be mixed; put one of them in parentheses', token.span)
            if token.text in COMPARISONS:
                left = self._comparison(left, token, operator.power)
            else:
                right = self._expression(operator.power + (not operator.from_right))
                left = nodes.Binary(self._from(left), token.text, left, right, token.span)
            if is_negated:
                left = nodes.Unary(self._from(left), "not", left, token.span)
            before = token.text
        return left

    def _negated(self, power: int) -> bool:
        """Step from an infix ``not`` to the operator that it negates; False where the operation ends before it."""
        self._advance()
        if self.current.text not in NEGATABLE:
            self._unexpected()
            return False
        if BINARY[self.current.text].power >= power:
            return True
        self._index -= 1
        self.current = self._tokens[self._index]
        return False

    def _comparison(self, left: Node, token: Token, power: int) -> Node:
        operands, operators, places = [left], [token.text], [token.span]
        while True:
            operands.append(self._expression(power + 1))
            if self.current.kind is not OPERATOR or self.current.text not in COMPARISONS:
                break
            operators.append(self.current.text)
            places.append(self.current.span)
            self._advance()
        span = self._from(left)
        if len(operators) == 1:
            return nodes.Binary(span, token.text, left, operands[1], token.span)
        return nodes.Comparison(span, tuple(operands), tuple(operators), tuple(places))

    def _pipe(self, left: Node) -> Node:
        token = self.current
        if token.kind is not TokenKind.IDENTIFIER:
            self._unexpected("; expected a function")
            return self._broken([left, self._missing()])
        self._advance()
        return self._call(token, [left])

    def _ternary(self, condition: Node) -> Node:
        while self._is(OPERATOR, "?"):
            self._advance()
            if self._is(OPERATOR, ":"):
                self._advance()
                then = condition
            else:
                then = self._expression(0)
                self._expect(OPERATOR, ":")
            otherwise = self._expression(0)
            condition = nodes.Conditional(self._from(condition), condition, then, otherwise)
        return condition

    def _let(self) -> Node:
        start = self.current
        self._advance()
        name = self.current
        if name.kind is TokenKind.IDENTIFIER:
            self._advance()
        else:
            self._unexpected("; expected a name")
        self._expect(OPERATOR, "=")
        value = self._expression(0)
        self._expect(OPERATOR, ";")
        body = self._sequence()
        text = name.text if name.kind is TokenKind.IDENTIFIER else ""
        return nodes.Let(self._from(start), text, value, body, name.span)

    def _if(self) -> Node:
        start = self.current
        self._advance()
        condition = self._expression(0)
        then = self._block()
        if not self._expect(OPERATOR, "else"):
            return nodes.Conditional(self._from(start), condition, then, self._missing())
        otherwise = self._expression(0) if self._is(OPERATOR, "if") else self._block()
        return nodes.Conditional(self._from(start), condition, then, otherwise)

    def _block(self) -> Node:
        self._expect(BRACKET, "{")
        body = self._sequence()
        self._close("}", [])
        return body
