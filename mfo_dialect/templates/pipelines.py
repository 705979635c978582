"""The inside of one action: tokens to a pipeline, with every name looked up.

It follows Go's grammar to the letter and keeps reading where Go stops: one syntax problem an action, a tree always.
It knows nothing of blocks; the scope that it is given tells which variables exist.
"""

from __future__ import annotations

from collections.abc import Callable

from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.templates import functions, literals, nodes
from mfo_dialect.templates.problems import Problem, ProblemKind
from mfo_dialect.templates.tokens import ActionPiece, LexicalError, Token, TokenKind
from mfo_dialect.text import Span

KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"})
MAX_NESTING = 50

_STRINGS = frozenset({TokenKind.STRING, TokenKind.RAW_STRING})
_PLAIN_TERMS = frozenset({*_STRINGS, TokenKind.NUMBER, TokenKind.CHARACTER, TokenKind.DOT})
_CONSTANT_OPERANDS = (nodes.Constant, nodes.Nil, nodes.Dot)


class ActionReader:
    """Reads the tokens of one action from left to right; made anew for every action."""

    def __init__(
        self,
        piece: ActionPiece,
        scope: list[str],
        report: Callable[[Problem], None],
    ) -> None:
        """Prepare to read.

        Args:
            piece: The action.
            scope: The variables that exist, innermost last; declarations are added to it.
            report: Called with each problem.
        """
        self.piece = piece
        self.failed = False
        self._tokens = piece.tokens
        self._index = 0
        self._last_end = piece.start
        self._scope = scope
        self._report = report
        self._nesting = 0

    def peek(self) -> Token | None:
        """The next token, or None at the end of the action."""
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    def take(self) -> Token | None:
        """The next token, taken."""
        token = self.peek()
        if token is not None:
            self._index += 1
            self._last_end = token.end
        return token

    def take_keyword(self) -> str:
        """The keyword that the action starts with, taken; empty when it starts otherwise."""
        token = self.peek()
        if token is None or token.kind is not TokenKind.WORD or token.text not in KEYWORDS or token.text == "nil":
            return ""
        self._index += 1
        self._last_end = token.end
        return token.text

    def finish(self, context: str) -> None:
        """Report what is left over, and the action's lexical mistake if nothing came before it."""
        token = self.peek()
        if token is not None:
            self.unexpected(token, context)
        error = self.piece.error
        if error is not None:
            self._lexical(error)

    def template_name(self, context: str) -> nodes.Name:
        """A quoted template name; empty, with a problem, where there is none."""
        token = self.peek()
        if token is None or token.kind not in _STRINGS:
            self.unexpected(token, context)
            end = self._last_end
            return nodes.Name(Span(end, end), "")
        self.take()
        return nodes.Name(Span(token.start, token.end), self._unquoted(token))

    def pipeline(self, context: str, *, in_parens: bool = False) -> nodes.Pipeline:
        """Declarations and commands up to the end of the action, or to the closing parenthesis."""
        first = self.peek()
        start = first.start if first else self.piece.inner_end
        declarations, assigns = self._declarations(context)
        commands: list[nodes.Command] = []
        while (token := self.peek()) is not None:
            if token.kind is TokenKind.RIGHT_PAREN and in_parens:
                break
            if _starts_operand(token):
                commands.append(self._command())
            else:
                self.unexpected(token, context)
                self.take()
        end = max(self._last_end, start)
        if not commands:
            self._syntax(f"missing value for {context}", Span(start, end) if declarations else self._here(), end)
        self._check_stages(commands)
        return nodes.Pipeline(Span(start, end), tuple(declarations), assigns, tuple(commands))

    def unexpected(self, token: Token | None, context: str) -> None:
        """Report a token that cannot stand here, or the end of the action (None)."""
        if token is None:
            if self.piece.error is not None:
                self._lexical(self.piece.error)
            self._syntax(f'unexpected "}}}}" in {context}', self._here(), self.piece.inner_end)
        else:
            self._syntax(f'unexpected "{token.text}" in {context}', Span(token.start, token.end), token.start)

    def problem(self, message: str, span: Span) -> None:
        """Report a mistake of structure that goes with this action."""
        self._syntax(message, span, span.start)

    def _here(self) -> Span:
        return Span(self.piece.start, self.piece.end)

    def _lexical(self, error: LexicalError) -> None:
        self._syntax(error.message, Span(error.start, error.end), error.start)

    def _syntax(self, message: str, span: Span, noticed_at: int) -> None:
        if self.failed:
            return
        self.failed = True
        error = self.piece.error
        if error is not None and error.start < noticed_at:
            message, span, noticed_at = error.message, Span(error.start, error.end), error.start
        self._report(Problem(message, span, ProblemKind.SYNTAX, noticed_at))

    def _declarations(self, context: str) -> tuple[list[nodes.Name], bool]:
        declared: list[nodes.Name] = []
        while (token := self.peek()) is not None and token.kind is TokenKind.VARIABLE:
            following = self._tokens[self._index + 1] if self._index + 1 < len(self._tokens) else None
            kind = following.kind if following else None
            if kind not in {TokenKind.DECLARE, TokenKind.ASSIGN, TokenKind.COMMA}:
                break
            self.take()
            self.take()
            declared.append(nodes.Name(Span(token.start, token.end), token.text))
            self._scope.append(token.text)
            if kind is not TokenKind.COMMA:
                return declared, kind is TokenKind.ASSIGN
            self._check_list_of_declarations(declared, context)
        return declared, False

    def _check_list_of_declarations(self, declared: list[nodes.Name], context: str) -> None:
        following = self.peek()
        if context != "range" or len(declared) > 1:
            self._syntax(f"too many declarations in {context}", declared[-1].span, self._last_end)
        elif following is not None and following.kind not in {TokenKind.VARIABLE, TokenKind.RIGHT_PAREN}:
            self._syntax("range can only initialize variables", declared[-1].span, self._last_end)

    def _check_stages(self, commands: list[nodes.Command]) -> None:
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.operands[0], _CONSTANT_OPERANDS):
                self._syntax(f"non executable command in pipeline stage {stage}", command.span, self._last_end)

    def _command(self) -> nodes.Command:
        operands: list[nodes.Operand] = []
        while (token := self.peek()) is not None and token.kind is not TokenKind.RIGHT_PAREN:
            if token.kind is TokenKind.PIPE:
                self._index += 1
                break
            if operands and token.start == self._last_end:
                self.unexpected(token, "operand")
            if _starts_operand(token):
                operands.append(self._operand(token))
            else:
                self.unexpected(token, "operand")
                self.take()
        span = Span(operands[0].span.start, operands[-1].span.end)
        return nodes.Command(span, tuple(operands))

    def _operand(self, token: Token) -> nodes.Operand:
        self.take()
        term = self._group(token) if token.kind is TokenKind.LEFT_PAREN else self._term(token)
        names = self._names()
        if not names:
            return term
        end = names[-1].span.end
        match term:
            case nodes.Field():
                return nodes.Field(Span(token.start, end), (*term.names, *names))
            case nodes.Variable():
                return nodes.Variable(Span(token.start, end), term.name, names)
            case nodes.Function() | nodes.Group():
                return nodes.Chain(Span(token.start, end), term, names)
            case _:
                self._syntax(f'unexpected . after term "{token.text}"', names[0].span, names[0].span.start)
                return term

    def _names(self) -> tuple[nodes.Name, ...]:
        """Fields that follow without a space, and the empty name of a last dot that still waits for one."""
        names: list[nodes.Name] = []
        while (token := self.peek()) is not None and token.start == self._last_end:
            if token.kind is not TokenKind.FIELD and token.kind is not TokenKind.DOT:
                break
            if token.kind is TokenKind.DOT:
                self.unexpected(token, "operand")
            self.take()
            names.append(nodes.Name(Span(token.start + 1, token.end), token.text[1:]))
        return tuple(names)

    def _group(self, token: Token) -> nodes.Group:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            self._syntax("parentheses are nested too deeply", Span(token.start, token.end), token.start)
            self._index = len(self._tokens)
        pipeline = self.pipeline("parenthesized pipeline", in_parens=True)
        self._nesting -= 1
        self.take()
        return nodes.Group(Span(token.start, self._last_end), pipeline)

    def _term(self, token: Token) -> nodes.Operand:
        kind, start, end, text = token
        span = Span(start, end)
        match kind:
            case TokenKind.DOT:
                return nodes.Dot(span)
            case TokenKind.FIELD:
                return nodes.Field(span, (nodes.Name(Span(start + 1, end), text[1:]),))
            case TokenKind.VARIABLE:
                if text not in self._scope:
                    message = f'undefined variable "{text}"{did_you_mean(text, self._scope[1:])}'
                    self._report(Problem(message, span, ProblemKind.UNDEFINED_VARIABLE, start))
                return nodes.Variable(span, nodes.Name(span, text), ())
            case TokenKind.WORD:
                return self._word(token, span)
            case TokenKind.STRING | TokenKind.RAW_STRING:
                return nodes.Constant(span, self._unquoted(token), text)
            case _:
                return nodes.Constant(span, self._number(token), text)

    def _word(self, token: Token, span: Span) -> nodes.Operand:
        if token.text in {"true", "false"}:
            return nodes.Constant(span, token.text == "true", token.text)
        if token.text == "nil":
            return nodes.Nil(span)
        if token.text not in functions.FUNCTIONS:
            message = f'function "{token.text}" not defined{did_you_mean(token.text, functions.FUNCTIONS)}'
            self._report(Problem(message, span, ProblemKind.UNKNOWN_FUNCTION, token.start))
        return nodes.Function(span, token.text)

    def _unquoted(self, token: Token) -> str:
        try:
            return literals.unquote(token.text)
        except literals.LiteralError as error:
            self._syntax(str(error), Span(token.start, token.end), token.start)
            return ""

    def _number(self, token: Token) -> float | complex | None:
        try:
            if token.kind is TokenKind.CHARACTER:
                return literals.character_code(token.text)
            return literals.number(token.text)
        except literals.LiteralError as error:
            self._syntax(str(error), Span(token.start, token.end), token.start)
            return 0


def _starts_operand(token: Token) -> bool:
    kind = token.kind
    if kind is TokenKind.WORD:
        return token.text == "nil" or token.text not in KEYWORDS
    return kind is TokenKind.FIELD or kind is TokenKind.VARIABLE or kind is TokenKind.LEFT_PAREN or kind in _PLAIN_TERMS
