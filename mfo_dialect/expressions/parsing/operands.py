"""Operands: literals, names, lists, maps, calls, predicates, and what follows them."""

from __future__ import annotations

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.functions import FUNCTIONS, Function
from mfo_dialect.expressions.literals import LiteralError, read_number
from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.operators import UNARY
from mfo_dialect.expressions.parsing.cursor import BRACKET, OPERATOR
from mfo_dialect.expressions.parsing.expressions import CLOSERS, Expressions
from mfo_dialect.expressions.tokens import Token, TokenKind
from mfo_dialect.text import Span

_CONSTANTS = {"true": True, "false": False}


class Parser(Expressions):
    """The whole grammar."""

    _predicates = 0

    def _primary(self) -> Node:
        token = self.current
        if token.kind is OPERATOR:
            if token.text in UNARY:
                self._advance()
                operand = self._expression(UNARY[token.text].power)
                return self._postfix(nodes.Unary(self._from(token), token.text, operand, token.span))
            if self._predicates and token.text in {"#", "."}:
                return self._postfix(self._pointer())
            if token.text == "::":
                return self._postfix(self._qualified())
        elif token.kind is BRACKET:
            if token.text == "(":
                self._advance()
                inner = self._sequence()
                return self._postfix(self._close(")", [inner])[0])
            if token.text == "[":
                return self._postfix(self._list())
            if token.text == "{":
                return self._postfix(self._map())
        return self._word()

    def _word(self) -> Node:
        token = self.current
        match token.kind:
            case TokenKind.IDENTIFIER:
                self._advance()
                if token.text in _CONSTANTS:
                    return nodes.Literal(self._from(token), _CONSTANTS[token.text])
                if token.text == "nil":
                    return nodes.NilLiteral(self._from(token))
                is_call = self._is(BRACKET, "(")
                return self._postfix(self._call(token, []) if is_call else nodes.Name(self._from(token), token.text))
            case TokenKind.NUMBER:
                return self._number()
            case TokenKind.STRING:
                self._advance()
                return self._postfix(nodes.Literal(self._from(token), token.text))
            case TokenKind.BYTES:
                self._advance()
                return self._postfix(nodes.Literal(self._from(token), token.value))
            case TokenKind.FAULT:
                self._advance()
                return nodes.Missing(token.span)
            case _:
                self._unexpected()
                return self._missing()

    def _number(self) -> Node:
        token = self.current
        self._advance()
        try:
            return nodes.Literal(self._from(token), read_number(token.text))
        except LiteralError as error:
            self._blame(str(error))
            return nodes.Missing(token.span)

    def _pointer(self) -> Node:
        token = self.current
        if token.text == ".":
            place = token.span
            self.count += 1
            return nodes.Pointer(Span(token.span.start, token.span.start), "", place)
        self._advance()
        name = ""
        if self.current.kind is TokenKind.IDENTIFIER:
            name = self.current.text
            self._advance()
        return nodes.Pointer(self._from(token), name, token.span)

    def _qualified(self) -> Node:
        start = self.current
        self._advance()
        token = self.current
        if token.kind is not TokenKind.IDENTIFIER:
            self._unexpected("; expected a function")
            return self._missing()
        self._advance()
        return self._call(token, [], start)

    def _list(self) -> Node:
        token = self.current
        self._advance()
        items = self._items("]", [])
        return nodes.ListLiteral(self._from(token), tuple(items), token.span)

    def _items(self, closer: str, items: list[Node]) -> list[Node]:
        """Expressions between commas up to ``closer``, which is consumed; added to ``items``."""
        given = len(items)
        while not self._is(BRACKET, closer) and not self._at_end():
            if len(items) > given:
                is_separated = self._expect(OPERATOR, ",")
                if self._is(BRACKET, closer) or (not is_separated and self.current.text in CLOSERS | {";"}):
                    break
            before = self._index
            items.append(self._expression(0))
            if self._index == before:
                if self.current.text in CLOSERS or self._at_end():
                    break
                if not self._is(OPERATOR, ","):
                    self._advance()
        return self._close(closer, items)

    def _close(self, closer: str, parts: list[Node]) -> list[Node]:
        """Consume ``closer``; where something else stands, keep that as a broken part as far as it belongs inside."""
        if self._expect(BRACKET, closer):
            return parts
        extra: list[Node] = []
        while not self._at_end() and self.current.text not in CLOSERS and not self._is(OPERATOR, ";"):
            before = self._index
            extra.append(self._expression(0))
            if self._index == before:
                self._advance()
        if self._is(BRACKET, closer):
            self._advance()
        if not extra:
            return parts
        return [*parts[:-1], self._broken([*parts[-1:], *extra])]

    def _map(self) -> Node:
        token = self.current
        self._advance()
        pairs: list[nodes.Pair] = []
        while not self._is(BRACKET, "}") and not self._at_end():
            if pairs:
                self._expect(OPERATOR, ",")
                if self._is(BRACKET, "}"):
                    break
            before = self._index
            pairs.append(self._pair(token))
            if self._index == before:
                if self.current.text in CLOSERS:
                    break
                self._advance()
        self._close("}", [])
        return nodes.MapLiteral(self._from(token), tuple(pairs), token.span)

    def _pair(self, opening: Token) -> nodes.Pair:
        token = self.current
        key: Node
        if token.kind in {TokenKind.NUMBER, TokenKind.STRING, TokenKind.IDENTIFIER}:
            self._advance()
            key = nodes.Literal(self._from(token), token.text)
        elif self._is(BRACKET, "("):
            key = self._expression(0)
        else:
            self._unexpected("; a key is a name, a number, a string, or an expression in parentheses")
            key = self._missing()
        self._expect(OPERATOR, ":")
        value = self._expression(0)
        return nodes.Pair(self._from(token), key, value, opening.span)

    def _call(self, token: Token, arguments: list[Node], qualifier: Token | None = None) -> Node:
        start: Node | Token = arguments[0] if arguments else qualifier or token
        function = FUNCTIONS.get(token.text)
        if function is None:
            name = nodes.Name(token.span, token.text)
            arguments = self._arguments(arguments)
            return nodes.Call(self._from(start), name, tuple(arguments), token.span)
        if function.takes_predicate:
            arguments = self._predicate_arguments(function, arguments)
        else:
            arguments = self._arguments(arguments)
        is_closed = self._last_end > token.span.end
        return nodes.Builtin(
            self._from(start), token.text, tuple(arguments), token.span, qualifier is not None, is_closed
        )

    def _arguments(self, arguments: list[Node]) -> list[Node]:
        if not self._expect(BRACKET, "("):
            return arguments
        return self._items(")", arguments)

    def _predicate_arguments(self, function: Function, arguments: list[Node]) -> list[Node]:
        if not self._expect(BRACKET, "("):
            return arguments + [self._missing() for _ in range(function.least_arguments - len(arguments))]
        parameters = function.signatures[0].parameters[len(arguments) :]
        for index, parameter in enumerate(parameters):
            if self._is(BRACKET, ")"):
                if parameter.optional:
                    break
                self._blame(f"{function.name} expects at least {function.least_arguments} arguments")
                arguments.append(self._missing())
                continue
            if index:
                self._expect(OPERATOR, ",")
            arguments.append(self._predicate() if parameter.is_predicate else self._expression(0))
        if self._is(OPERATOR, ","):
            self._advance()
        return self._close(")", arguments)

    def _predicate(self) -> Node:
        start = self.current
        has_braces = self._is(BRACKET, "{")
        self._predicates += 1
        if has_braces:
            self._advance()
            body = self._sequence()
        else:
            body = self._expression(0)
            if self._is(OPERATOR, ";"):
                self._blame('a predicate with ";" needs braces: { ... }')
        self._predicates -= 1
        if has_braces:
            body = self._close("}", [body])[0]
        return nodes.Predicate(self._from(start), body, start.span)

    def _postfix(self, node: Node) -> Node:
        while True:
            token = self.current
            if token.kind is OPERATOR and token.text in {".", "?."}:
                self._advance()
                if token.text == "?." and self._is(BRACKET, "["):
                    node = self._brackets(node, is_optional=True)
                else:
                    node = self._dotted(node, is_optional=token.text == "?.")
            elif token.kind is BRACKET and token.text == "[":
                node = self._brackets(node, is_optional=False)
            else:
                return node

    def _dotted(self, node: Node, *, is_optional: bool) -> Node:
        token = self.current
        is_name = token.kind is TokenKind.IDENTIFIER or (token.kind is OPERATOR and token.text[:1].isalpha())
        if is_name:
            self._advance()
            key: Node = nodes.Literal(token.span, token.text)
        else:
            self._blame_missing_name()
            key = self._missing()
        is_chain = isinstance(node, nodes.Chain) or is_optional
        target = node.body if isinstance(node, nodes.Chain) else node
        self.count += 1
        place = token.span if is_name else key.span
        body: Node = nodes.Member(self._from(node), target, key, is_optional, place)
        if is_name and self._is(BRACKET, "("):
            arguments = self._arguments([])
            body = nodes.Call(self._from(node), body, tuple(arguments), place)
        return nodes.Chain(self._from(node), body, place) if is_chain else body

    def _blame_missing_name(self) -> None:
        if self._blamed < self._index:
            self._blamed = self._index
            following = self._tokens[min(self._index + 1, len(self._tokens) - 1)]
            if following.kind is TokenKind.FAULT:
                self._problem(following.fault, Span(following.fault_at, following.span.end))
            else:
                self._problem('expected a name after "."', following.span)

    def _brackets(self, node: Node, *, is_optional: bool) -> Node:
        place = self.current.span
        self._advance()
        start = None if self._is(OPERATOR, ":") else self._expression(0)
        if self._is(OPERATOR, ":"):
            self._advance()
            stop = None if self._is(BRACKET, "]") else self._expression(0)
            self._close("]", [])
            return nodes.Slice(self._from(node), node, start, stop, place)
        assert start is not None
        [key] = self._close("]", [start])
        member = nodes.Member(self._from(node), node, key, is_optional, place)
        return nodes.Chain(self._from(node), member, place) if is_optional else member
