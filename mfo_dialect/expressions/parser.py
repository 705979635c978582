"""From tokens to a tree: precedence climbing over the table of binding powers. It knows no types and no names.

One pass gives both answers: a tree, which stands even for broken text (``Missing`` and ``Broken`` mark the holes), and
all problems in the order in which they are met; the first one is what a strict parser stops at. Each token is blamed at
most once.
"""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.functions import FUNCTIONS
from mfo_dialect.expressions.functions.declaration import Function
from mfo_dialect.expressions.literals import LiteralError, read_number
from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.operators import BINARY, COMPARISONS, NEGATABLE, UNARY
from mfo_dialect.expressions.problems import Problem, ProblemKind
from mfo_dialect.expressions.tokens import Token, TokenKind, tokenize
from mfo_dialect.text import Span

MAX_NODES = 10_000
MAX_DEPTH = 100
MAX_HEIGHT = 150
_CLOSERS = frozenset({")", "]", "}"})
_BRACKET, _OPERATOR = TokenKind.BRACKET, TokenKind.OPERATOR
_CONSTANTS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression, read.

    Attributes:
        source: the text.
        tree: its tree, whole or with holes.
        problems: what is wrong with its form; the first is what decides.
        tokens: all tokens, comments included, an ``END`` token last.
    """

    source: str
    tree: Node
    problems: tuple[Problem, ...]
    tokens: tuple[Token, ...]


def parse(source: str) -> Parsed:
    """Read an expression; any text gives a tree and the problems of its form."""
    tokens = tokenize(source)
    parser = _Parser(source, [token for token in tokens if token.kind is not TokenKind.COMMENT])
    tree = parser.whole()
    if parser.count > MAX_HEIGHT and _is_too_high(tree):
        problem = Problem(f"the expression is nested more than {MAX_HEIGHT} levels deep", tree.place, ProblemKind.SYNTAX)
        return Parsed(source, nodes.Missing(Span(0, len(source))), (*parser.problems, problem), tuple(tokens))
    return Parsed(source, tree, tuple(parser.problems), tuple(tokens))


def _is_too_high(tree: Node) -> bool:
    """Whether walking the tree by recursion would go too deep; operations in a row are walked by a loop."""
    waiting = [(tree, 0)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_HEIGHT:
            return True
        if isinstance(node, nodes.Binary):
            waiting += [(node.left, height), (node.right, height + 1)]
        else:
            waiting += [(child, height + 1) for child in nodes.children(node)]
    return False


class _Parser:
    """The state of one pass; ``current`` is the first token not consumed."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self.problems: list[Problem] = []
        self._end = len(source)
        self._tokens = tokens
        self._index = 0
        self._blamed = -1
        self._depth = 0
        self._predicates = 0
        self.count = 0
        self._last_end = 0
        self.current = tokens[0]
        self._blame_fault()

    def whole(self) -> Node:
        parts = [self._sequence()]
        while self.current.kind is not TokenKind.END:
            self._unexpected()
            before = self._index
            if self.current.text in _CLOSERS or self.current.text in BINARY:
                self._advance()
            if self.current.kind is not TokenKind.END:
                parts.append(self._sequence())
            if self._index == before:
                self._advance()
        return parts[0] if len(parts) == 1 else self._broken(parts)

    # Tokens

    def _advance(self) -> None:
        self._last_end = self.current.span.end
        if self._index < len(self._tokens) - 1:
            self._index += 1
            self.current = self._tokens[self._index]
            if self.current.kind is TokenKind.FAULT:
                self._blame_fault()

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
            self._problem(token.fault, Span(token.fault_at, max(token.fault_at + 1, token.span.end)))

    def _give_up(self, message: str) -> Node:
        self._blame(message)
        self._index = len(self._tokens) - 1
        self.current = self._tokens[self._index]
        self._blamed = self._index
        return self._missing()

    # Nodes

    def _missing(self) -> Node:
        start = self._end if self.current.kind is TokenKind.END else self.current.span.start
        return nodes.Missing(Span(start, start))

    def _broken(self, parts: list[Node]) -> Node:
        return nodes.Broken(Span(min(part.span.start for part in parts), self._last_end), tuple(parts))

    def _from(self, start: Node | Token) -> Span:
        self.count += 1
        return Span(start.span.start, max(self._last_end, start.span.start))

    # Expressions

    def _sequence(self) -> Node:
        first = self._expression(0)
        if not self._is(_OPERATOR, ";"):
            return first
        parts = [first]
        while self._is(_OPERATOR, ";"):
            self._advance()
            if self.current.kind is TokenKind.END:
                break
            parts.append(self._expression(0))
        return nodes.Sequence(self._from(first), tuple(parts)) if len(parts) > 1 else first

    def _expression(self, power: int) -> Node:
        if self._depth >= MAX_DEPTH:
            return self._give_up(f"the expression is nested more than {MAX_DEPTH} levels deep")
        if self.count > MAX_NODES:
            return self._give_up(f"the expression has more than {MAX_NODES} parts")
        self._depth += 1
        if power == 0 and self._is(_OPERATOR, "let"):
            node = self._let()
        elif power == 0 and self._is(_OPERATOR, "if"):
            node = self._if()
        else:
            node = self._operations(self._primary(), power)
            if power == 0:
                node = self._ternary(node)
        self._depth -= 1
        return node

    def _operations(self, left: Node, power: int) -> Node:
        before = ""
        while self.current.kind is _OPERATOR:
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
            if self.current.kind is not _OPERATOR or self.current.text not in COMPARISONS:
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
        while self._is(_OPERATOR, "?"):
            self._advance()
            if self._is(_OPERATOR, ":"):
                self._advance()
                then = condition
            else:
                then = self._expression(0)
                self._expect(_OPERATOR, ":")
            otherwise = self._expression(0)
            condition = nodes.Conditional(self._from(condition), condition, then, otherwise, condition.place)
        return condition

    def _let(self) -> Node:
        start = self.current
        self._advance()
        name = self.current
        if name.kind is TokenKind.IDENTIFIER:
            self._advance()
        else:
            self._unexpected("; expected a name")
        self._expect(_OPERATOR, "=")
        value = self._expression(0)
        self._expect(_OPERATOR, ";")
        body = self._sequence()
        text = name.text if name.kind is TokenKind.IDENTIFIER else ""
        return nodes.Let(self._from(start), text, value, body, name.span)

    def _if(self) -> Node:
        start = self.current
        self._advance()
        condition = self._expression(0)
        then = self._block()
        if not self._expect(_OPERATOR, "else"):
            return nodes.Conditional(self._from(start), condition, then, self._missing(), condition.place)
        otherwise = self._expression(0) if self._is(_OPERATOR, "if") else self._block()
        return nodes.Conditional(self._from(start), condition, then, otherwise, condition.place)

    def _block(self) -> Node:
        self._expect(_BRACKET, "{")
        body = self._sequence()
        self._close("}", [])
        return body

    # Operands

    def _primary(self) -> Node:
        token = self.current
        if token.kind is _OPERATOR:
            if token.text in UNARY:
                self._advance()
                operand = self._expression(UNARY[token.text].power)
                return self._postfix(nodes.Unary(self._from(token), token.text, operand, token.span))
            if self._predicates and token.text in {"#", "."}:
                return self._postfix(self._pointer())
            if token.text == "::":
                return self._postfix(self._qualified())
        elif token.kind is _BRACKET:
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
                is_call = self._is(_BRACKET, "(")
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
        while not self._is(_BRACKET, closer) and self.current.kind is not TokenKind.END:
            if len(items) > given:
                is_separated = self._expect(_OPERATOR, ",")
                if self._is(_BRACKET, closer) or (not is_separated and self.current.text in _CLOSERS | {";"}):
                    break
            before = self._index
            items.append(self._expression(0))
            if self._index == before:
                if self.current.text in _CLOSERS or self.current.kind is TokenKind.END:
                    break
                if not self._is(_OPERATOR, ","):
                    self._advance()
        return self._close(closer, items)

    def _close(self, closer: str, parts: list[Node]) -> list[Node]:
        """Consume ``closer``; where something else stands, keep that as a broken part as far as it belongs inside."""
        if self._expect(_BRACKET, closer):
            return parts
        extra: list[Node] = []
        while self.current.kind is not TokenKind.END and self.current.text not in _CLOSERS and not self._is(_OPERATOR, ";"):
            before = self._index
            extra.append(self._expression(0))
            if self._index == before:
                self._advance()
        if self._is(_BRACKET, closer):
            self._advance()
        if not extra:
            return parts
        return [*parts[:-1], self._broken([*parts[-1:], *extra])]

    def _map(self) -> Node:
        token = self.current
        self._advance()
        pairs: list[nodes.Pair] = []
        while not self._is(_BRACKET, "}") and self.current.kind is not TokenKind.END:
            if pairs:
                self._expect(_OPERATOR, ",")
                if self._is(_BRACKET, "}"):
                    break
            before = self._index
            pairs.append(self._pair(token))
            if self._index == before:
                if self.current.text in _CLOSERS:
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
        elif self._is(_BRACKET, "("):
            key = self._expression(0)
        else:
            self._unexpected("; a key is a name, a number, a string, or an expression in parentheses")
            key = self._missing()
        self._expect(_OPERATOR, ":")
        value = self._expression(0)
        return nodes.Pair(self._from(token), key, value, opening.span)

    # Calls

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
        return nodes.Builtin(self._from(start), token.text, tuple(arguments), token.span, qualifier is not None, is_closed)

    def _arguments(self, arguments: list[Node]) -> list[Node]:
        if not self._expect(_BRACKET, "("):
            return arguments
        return self._items(")", arguments)

    def _predicate_arguments(self, function: Function, arguments: list[Node]) -> list[Node]:
        if not self._expect(_BRACKET, "("):
            return arguments + [self._missing() for _ in range(function.least_arguments - len(arguments))]
        parameters = function.signatures[0].parameters[len(arguments) :]
        for index, parameter in enumerate(parameters):
            if self._is(_BRACKET, ")"):
                if parameter.optional:
                    break
                self._blame(f"{function.name} expects at least {function.least_arguments} arguments")
                arguments.append(self._missing())
                continue
            if index:
                self._expect(_OPERATOR, ",")
            arguments.append(self._predicate() if parameter.is_predicate else self._expression(0))
        if self._is(_OPERATOR, ","):
            self._advance()
        return self._close(")", arguments)

    def _predicate(self) -> Node:
        start = self.current
        has_braces = self._is(_BRACKET, "{")
        self._predicates += 1
        if has_braces:
            self._advance()
            body = self._sequence()
        else:
            body = self._expression(0)
            if self._is(_OPERATOR, ";"):
                self._blame('a predicate with ";" needs braces: { ... }')
        self._predicates -= 1
        if has_braces:
            body = self._close("}", [body])[0]
        return nodes.Predicate(self._from(start), body, start.span)

    # What follows an operand

    def _postfix(self, node: Node) -> Node:
        while True:
            token = self.current
            if token.kind is _OPERATOR and token.text in {".", "?."}:
                self._advance()
                if token.text == "?." and self._is(_BRACKET, "["):
                    node = self._brackets(node, is_optional=True)
                else:
                    node = self._dotted(node, is_optional=token.text == "?.")
            elif token.kind is _BRACKET and token.text == "[":
                node = self._brackets(node, is_optional=False)
            else:
                return node

    def _dotted(self, node: Node, *, is_optional: bool) -> Node:
        token = self.current
        is_name = token.kind is TokenKind.IDENTIFIER or (token.kind is _OPERATOR and token.text[:1].isalpha())
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
        if is_name and self._is(_BRACKET, "("):
            arguments = self._arguments([])
            body = nodes.Call(self._from(node), body, tuple(arguments), place)
        return nodes.Chain(self._from(node), body, place) if is_chain else body

    def _blame_missing_name(self) -> None:
        if self._blamed < self._index:
            self._blamed = self._index
            following = self._tokens[min(self._index + 1, len(self._tokens) - 1)]
            if following.kind is TokenKind.FAULT:
                self._problem(following.fault, Span(following.fault_at, following.fault_at + 1))
            self._problem('expected a name after "."', following.span)

    def _brackets(self, node: Node, *, is_optional: bool) -> Node:
        place = self.current.span
        self._advance()
        start = None if self._is(_OPERATOR, ":") else self._expression(0)
        if self._is(_OPERATOR, ":"):
            self._advance()
            stop = None if self._is(_BRACKET, "]") else self._expression(0)
            self._close("]", [])
            return nodes.Slice(self._from(node), node, start, stop, place)
        assert start is not None
        [key] = self._close("]", [start])
        member = nodes.Member(self._from(node), node, key, is_optional, place)
        return nodes.Chain(self._from(node), member, place) if is_optional else member
