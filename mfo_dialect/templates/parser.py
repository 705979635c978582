"""The structure of a template: pieces to a tree of blocks, with every problem found on the way.

Blocks are kept on a list rather than on Python's stack, so that a missing or stray ``end`` costs one problem and the
rest is still read. It knows nothing of values or of what functions do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mfo_dialect.records import record
from mfo_dialect.templates import nodes
from mfo_dialect.templates.pipelines import ActionReader
from mfo_dialect.templates.problems import Problem, ProblemKind
from mfo_dialect.templates.tokens import ActionPiece, CommentPiece, TextPiece, read_pieces
from mfo_dialect.text import Span

ROOT_SCOPE = "$"
MAX_BLOCK_DEPTH = 60


@record
class ParsedTemplate:
    """A tree and the problems of its text, ordered by where they were noticed.

    Attributes:
        body: The main template.
        definitions: Name to body of every template that can be called, the main one under its own name included.
        problems: What the reader found; only those kinds that are fatal.
    """

    body: nodes.Body
    definitions: dict[str, nodes.Body]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Clause:
    """One open part of a block: what its action said, and the statements read since."""

    head: Span
    pipeline: nodes.Pipeline | None
    statements: list[nodes.Statement] = field(default_factory=list[nodes.Statement])


@dataclass(slots=True)
class _Open:
    """A block that waits for its ``end``."""

    keyword: str
    head: Span
    name: nodes.Name | None
    clauses: list[_Clause]
    has_else: bool
    scope: list[str]
    scope_mark: int
    loop_depth: int


def parse_source(source: str, name: str) -> ParsedTemplate:
    """Read ``source``; never fails.

    Args:
        source: The template's text.
        name: The name of the main template.
    """
    reader = _BlockReader(source, name)
    return reader.read()


class _BlockReader:
    def __init__(self, source: str, name: str) -> None:
        self._source = source
        self._name = name
        self._problems: list[Problem] = []
        self._definitions: dict[str, nodes.Body] = {}
        self._scope = [ROOT_SCOPE]
        self._loop_depth = 0
        whole = Span(0, len(source))
        self._open = [_Open("", Span(0, 0), None, [_Clause(Span(0, 0), None)], False, self._scope, 0, 0)]
        self._whole = whole

    def read(self) -> ParsedTemplate:
        for piece in read_pieces(self._source):
            match piece:
                case TextPiece(start, end, text):
                    self._append(nodes.Text(Span(start, end), text))
                case CommentPiece(start, end):
                    if piece.error is not None:
                        self._syntax(piece.error.message, Span(start, end), end)
                    self._append(nodes.Comment(Span(start, end)))
                case ActionPiece():
                    self._action(piece)
        end = Span(len(self._source), len(self._source))
        while len(self._open) > 1:
            block = self._open[-1]
            self._syntax(f"unclosed {block.keyword}: unexpected EOF", block.head, end.end)
            self._close(end)
        body = nodes.Body(self._whole, tuple(self._open[0].clauses[0].statements))
        self._define(self._name, body, end)
        problems = sorted(self._problems, key=lambda problem: problem.noticed_at)
        return ParsedTemplate(body, self._definitions, tuple(problems))

    def _append(self, statement: nodes.Statement) -> None:
        self._open[-1].clauses[-1].statements.append(statement)

    def _syntax(self, message: str, span: Span, noticed_at: int) -> None:
        self._problems.append(Problem(message, span, ProblemKind.SYNTAX, noticed_at))

    def _action(self, piece: ActionPiece) -> None:
        reader = ActionReader(piece, self._scope, self._problems.append)
        span = Span(piece.start, piece.end)
        keyword = reader.take_keyword()
        match keyword:
            case "":
                self._append(nodes.Output(span, reader.pipeline("command")))
            case "if" | "with" | "range":
                self._control(keyword, reader, span)
            case "else":
                self._else(reader, span)
            case "end":
                reader.finish("end")
                if len(self._open) > 1:
                    self._close(span)
                else:
                    self._syntax("unexpected {{end}}", span, piece.start)
                return
            case "break" | "continue":
                self._jump(keyword, reader, span)
            case "template":
                name = reader.template_name("template clause")
                pipeline = reader.pipeline("template clause") if reader.peek() is not None else None
                self._append(nodes.Call(span, name, pipeline))
            case _:
                self._definition(keyword, reader, span)
        reader.finish(keyword or "command")

    def _control(self, keyword: str, reader: ActionReader, span: Span) -> None:
        mark = len(self._scope)
        pipeline = reader.pipeline(keyword)
        self._push(keyword, span, None, pipeline, mark)
        if keyword == "range":
            self._loop_depth += 1

    def _definition(self, keyword: str, reader: ActionReader, span: Span) -> None:
        context = f"{keyword} clause"
        if keyword == "define" and len(self._open) > 1:
            reader.problem("unexpected <define> in command", span)
        name = reader.template_name(context)
        pipeline = reader.pipeline(context) if keyword == "block" else None
        self._push(keyword, span, name, pipeline, len(self._scope))
        self._scope = [ROOT_SCOPE]
        self._loop_depth = 0

    def _push(
        self, keyword: str, span: Span, name: nodes.Name | None, pipeline: nodes.Pipeline | None, mark: int
    ) -> None:
        if len(self._open) == MAX_BLOCK_DEPTH:
            self._syntax("blocks are nested too deeply", span, span.start)
        clauses = [_Clause(span, pipeline)]
        self._open.append(_Open(keyword, span, name, clauses, False, self._scope, mark, self._loop_depth))

    def _else(self, reader: ActionReader, span: Span) -> None:
        block = self._open[-1]
        token = reader.peek()
        chained = token is not None and token.text == "if"
        if block.keyword not in {"if", "with", "range"}:
            reader.problem("unexpected {{else}}", span)
            return
        if block.has_else:
            reader.problem("expected end; found {{else}}", span)
        elif chained and block.keyword != "if":
            reader.unexpected(token, f"else of {block.keyword}")
        pipeline = None
        if chained:
            reader.take_keyword()
            pipeline = reader.pipeline("if")
        elif block.keyword == "range":
            self._loop_depth = block.loop_depth
        block.has_else = block.has_else or not chained
        block.clauses.append(_Clause(span, pipeline))

    def _jump(self, keyword: str, reader: ActionReader, span: Span) -> None:
        if self._loop_depth == 0:
            reader.problem(f"{{{{{keyword}}}}} outside {{{{range}}}}", span)
        self._append(nodes.Break(span) if keyword == "break" else nodes.Continue(span))

    def _close(self, end: Span) -> None:
        block = self._open.pop()
        self._scope = block.scope
        del self._scope[block.scope_mark :]
        self._loop_depth = block.loop_depth
        bodies = _bodies(block, end)
        span = Span(block.head.start, end.end)
        first = block.clauses[0].pipeline
        name = block.name
        if len(self._open) >= MAX_BLOCK_DEPTH:
            return
        if name is not None:
            self._define(name.text, bodies[0], block.head)
            if first is None:
                self._append(nodes.Define(span, block.head, name, bodies[0]))
            else:
                self._append(nodes.Block(span, block.head, name, first, bodies[0]))
        elif block.keyword == "if":
            self._append(_conditional(block, bodies, span))
        elif first is not None:
            otherwise = bodies[1] if len(bodies) > 1 else None
            kind = nodes.With if block.keyword == "with" else nodes.Range
            self._append(kind(span, block.head, first, bodies[0], otherwise))

    def _define(self, name: str, body: nodes.Body, span: Span) -> None:
        known = self._definitions.get(name)
        if known is None or _is_blank(known):
            self._definitions[name] = body
        elif not _is_blank(body):
            message = f'multiple definition of template "{name}"'
            self._problems.append(Problem(message, span, ProblemKind.DUPLICATE_TEMPLATE, body.span.end))


def _bodies(block: _Open, end: Span) -> list[nodes.Body]:
    ends = [clause.head.start for clause in block.clauses[1:]] + [end.start]
    return [
        nodes.Body(Span(clause.head.end, stop), tuple(clause.statements))
        for clause, stop in zip(block.clauses, ends, strict=True)
    ]


def _conditional(block: _Open, bodies: list[nodes.Body], span: Span) -> nodes.If:
    branches: list[nodes.Branch] = []
    otherwise: nodes.Body | None = None
    for clause, body in zip(block.clauses, bodies, strict=True):
        if clause.pipeline is None:
            otherwise = otherwise or body
        else:
            branches.append(nodes.Branch(clause.head, clause.pipeline, body))
    return nodes.If(span, tuple(branches), otherwise)


def _is_blank(body: nodes.Body) -> bool:
    """Whether Go sees an empty definition: white space, comments and other definitions only."""
    return all(
        isinstance(statement, nodes.Comment | nodes.Define)
        or (isinstance(statement, nodes.Text) and not statement.text.strip())
        for statement in body.statements
    )
