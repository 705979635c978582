"""Where values come from: follows the cursor and the variables through a Go template without running it.

``.name`` inside ``with .user`` is read from ``user``; ``$x`` in ``range $x := .items`` is an element of ``items``. It knows no
data and no shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mfo_dialect.records import record
from mfo_dialect.templates import nodes
from mfo_dialect.templates.reads import ELEMENT, Origin, Reads, VariableRead, VisibleScope
from mfo_dialect.text import Span

_MAX_CALLS = 200
_MAX_PATH = 12
_TESTS = frozenset({"not", "eq", "ne"})


def find_reads(body: nodes.Body, definitions: Mapping[str, nodes.Body]) -> Reads:
    """The variables that rendering a template may read, in the order of the source."""
    walker = _Walker(definitions, None)
    walker.body(body, _TOP)
    return walker.result()


def find_scope(body: nodes.Body, definitions: Mapping[str, nodes.Body], offset: int) -> VisibleScope:
    """What the cursor and the variables are at ``offset``, for one that types there."""
    walker = _Walker(definitions, offset)
    walker.body(body, _TOP)
    place = walker.sought or _UNKNOWN
    return VisibleScope(place.dot, tuple(dict(place.variables).items()))


@record
class _Place:
    """What is known at a place of the template.

    Attributes:
        dot: Where the cursor comes from, as a path from the top of the data; None where that is not known.
        variables: The variables and where their values come from, innermost last.
        guards: The variables of the data that were tested on the way here.
    """

    dot: Origin
    variables: tuple[tuple[str, Origin], ...]
    guards: frozenset[str]

    def variable(self, name: str) -> Origin:
        return next((origin for known, origin in reversed(self.variables) if known == name), None)

    def guarded(self, names: frozenset[str]) -> _Place:
        return replace(self, guards=self.guards | names) if names else self


_TOP = _Place((), (("$", ()),), frozenset())
_UNKNOWN = _Place(None, (("$", None),), frozenset())


class _Walker:
    """Collects the reads, and the place at an offset; the number of template calls that it follows is bounded."""

    def __init__(self, definitions: Mapping[str, nodes.Body], offset: int | None) -> None:
        self.sought: _Place | None = None
        self._offset = offset
        self._sought_length = 0
        self._definitions = definitions
        self._reads: dict[tuple[Span, tuple[str, ...]], VariableRead] = {}
        self._everything = False
        self._called: set[tuple[str, Origin, frozenset[str]]] = set()
        self._calls = 0
        self._open: set[str] = set()

    def result(self) -> Reads:
        ordered = sorted(self._reads.values(), key=lambda read: read.span)
        return Reads(tuple(ordered), self._everything)

    def body(self, body: nodes.Body, place: _Place) -> None:
        self._seek(body, body.span.start, place)
        for statement in body.statements:
            place = self._statement(statement, place)
            self._seek(body, statement.span.end, place)

    def _seek(self, body: nodes.Body, reached: int, place: _Place) -> None:
        """Keep the place when the offset lies behind ``reached`` in the smallest body that holds it."""
        offset = self._offset
        if offset is None or reached > offset or not body.span.contains(offset):
            return
        length = body.span.end - body.span.start
        if self.sought is None or length <= self._sought_length:
            self.sought, self._sought_length = place, length

    def _statement(self, statement: nodes.Statement, place: _Place) -> _Place:
        match statement:
            case nodes.Output(_, pipeline):
                return self._pipeline(pipeline, place, copes=False)
            case nodes.If():
                self._conditional(statement, place)
            case nodes.With():
                inside = self._pipeline(statement.pipeline, place, copes=True)
                origin = _pipeline_origin(statement.pipeline, inside)
                tested = _tested(statement.pipeline, inside)
                self.body(statement.body, replace(inside, dot=origin).guarded(tested))
                self._optional(statement.otherwise, inside)
            case nodes.Range():
                self._loop(statement, place)
            case nodes.Call(_, name, pipeline):
                self._call(name.text, pipeline, place)
            case nodes.Block(_, _, name, pipeline):
                self._call(name.text, pipeline, place)
            case nodes.Define(_, _, name, body) if self._offset is not None and body.span.contains(self._offset):
                if all(called != name.text for called, _, _ in self._called):
                    self.body(body, _UNKNOWN)
            case _:
                pass
        return place

    def _optional(self, body: nodes.Body | None, place: _Place) -> None:
        if body is not None:
            self.body(body, place)

    def _conditional(self, statement: nodes.If, place: _Place) -> None:
        for branch in statement.branches:
            place = self._pipeline(branch.pipeline, place, copes=True)
            self.body(branch.body, place.guarded(_tested(branch.pipeline, place)))
            place = place.guarded(_tested(branch.pipeline, place, negated=True))
        self._optional(statement.otherwise, place)

    def _loop(self, statement: nodes.Range, place: _Place) -> None:
        pipeline = statement.pipeline
        inside = self._pipeline(pipeline, place, copes=statement.otherwise is not None)
        origin = _pipeline_origin(pipeline, inside)
        element = _below(origin, ELEMENT)
        variables = inside.variables
        if pipeline.declarations:
            variables = (*variables, (pipeline.declarations[-1].text, element))
        if len(pipeline.declarations) > 1:
            variables = (*variables, (pipeline.declarations[0].text, None))
        guards = inside.guards.union(origin[:1] if origin else ())
        self.body(statement.body, _Place(element, variables, guards))
        self._optional(statement.otherwise, inside)

    def _call(self, name: str, pipeline: nodes.Pipeline | None, place: _Place) -> None:
        origin: Origin = None
        if pipeline is not None:
            place = self._pipeline(pipeline, place, copes=False, passes=True)
            origin = _pipeline_origin(pipeline, place)
        body = self._definitions.get(name)
        key = (name, origin, place.guards)
        if body is None or key in self._called or name in self._open or self._calls >= _MAX_CALLS:
            return
        self._called.add(key)
        self._calls += 1
        self._open.add(name)
        self.body(body, _Place(origin, (("$", origin),), place.guards))
        self._open.discard(name)

    def _pipeline(self, pipeline: nodes.Pipeline, place: _Place, *, copes: bool, passes: bool = False) -> _Place:
        """Note what a pipeline reads.

        Args:
            pipeline: The pipeline.
            place: Where it stands.
            copes: Whether it does no harm when its value is missing.
            passes: Whether its value is only handed on, so that a bare cursor reads nothing by itself.

        Returns:
            The place after it, with its variables.
        """
        commands = pipeline.commands
        for stage, command in enumerate(commands):
            following = commands[stage + 1] if stage + 1 < len(commands) else None
            value_copes = copes if following is None else _copes_with_piped(following, copes=copes)
            self._command(command, place, copes=value_copes, piped=stage > 0, passes=passes and len(commands) == 1)
        if not pipeline.declarations:
            return place
        origin = _pipeline_origin(pipeline, place)
        declared = tuple((name.text, origin) for name in pipeline.declarations)
        return replace(place, variables=(*place.variables, *declared))

    def _command(self, command: nodes.Command, place: _Place, *, copes: bool, piped: bool, passes: bool) -> None:
        first, *arguments = command.operands
        if not isinstance(first, nodes.Function):
            self._operand(first, place, copes=copes, passes=passes)
        count = len(arguments) + piped
        for index, argument in enumerate(arguments):
            argument_copes = isinstance(first, nodes.Function) and _copes(first.name, index, count, copes=copes)
            self._operand(argument, place, copes=argument_copes, passes=False)

    def _operand(self, operand: nodes.Operand, place: _Place, *, copes: bool, passes: bool) -> None:
        match operand:
            case nodes.Group(_, pipeline):
                self._pipeline(pipeline, place, copes=copes, passes=passes)
            case nodes.Chain(_, nodes.Group(_, pipeline), _):
                self._pipeline(pipeline, place, copes=copes)
                self._read(operand, _operand_origin(operand, place), place, copes=copes)
            case nodes.Field():
                self._read(operand, _operand_origin(operand, place), place, copes=copes)
            case nodes.Variable() if operand.names:
                self._read(operand, _operand_origin(operand, place), place, copes=copes)
            case nodes.Dot() | nodes.Variable() if not passes:
                self._everything = self._everything or _operand_origin(operand, place) == ()
            case _:
                pass

    def _read(self, operand: nodes.Operand, origin: Origin, place: _Place, *, copes: bool) -> None:
        if not origin or not origin[0]:
            return
        guarded = copes or origin[0] in place.guards
        key = (operand.span, origin)
        earlier = self._reads.get(key)
        if earlier is not None:
            guarded = guarded and earlier.guarded
        self._reads[key] = VariableRead(origin[0], origin[1:], operand.span, guarded)


def _below(origin: Origin, *names: str) -> Origin:
    if origin is None or len(origin) + len(names) > _MAX_PATH:
        return None
    return (*origin, *names)


def _operand_origin(operand: nodes.Operand, place: _Place) -> Origin:
    match operand:
        case nodes.Dot():
            return place.dot
        case nodes.Field(_, names):
            return _below(place.dot, *(name.text for name in names))
        case nodes.Variable(_, name, names):
            return _below(place.variable(name.text), *(field.text for field in names))
        case nodes.Group(_, pipeline):
            return _pipeline_origin(pipeline, place)
        case nodes.Chain(_, nodes.Group(_, pipeline), names):
            return _below(_pipeline_origin(pipeline, place), *(field.text for field in names))
        case _:
            return None


def _pipeline_origin(pipeline: nodes.Pipeline, place: _Place) -> Origin:
    """Where the value of a pipeline comes from, when it is a path and nothing else."""
    match pipeline.commands:
        case (nodes.Command(_, (operand,)),):
            return _operand_origin(operand, place)
        case _:
            return None


def _copes(function: str, index: int, count: int, *, copes: bool) -> bool:
    """Whether a function takes a missing value at ``index`` of ``count`` arguments without harm."""
    match function:
        case "default":
            return index > 0 or copes
        case "or":
            return index < count - 1 or copes
        case "and":
            return copes
        case _:
            return function in _TESTS


def _copes_with_piped(command: nodes.Command, *, copes: bool) -> bool:
    first = command.operands[0]
    count = len(command.operands)
    return isinstance(first, nodes.Function) and _copes(first.name, count - 1, count, copes=copes)


def _tested(pipeline: nodes.Pipeline, place: _Place, *, negated: bool = False) -> frozenset[str]:
    """The variables of the data that are there when a condition holds, or when it does not (``negated``)."""
    names: frozenset[str] = frozenset()
    for command in pipeline.commands:
        first, *arguments = command.operands
        function = first.name if isinstance(first, nodes.Function) else ""
        match function:
            case "":
                names |= _tested_operands([first], place, negated=negated)
            case "not":
                names = _tested_operands(arguments, place, negated=not negated)
            case "and" | "or":
                names |= _tested_operands(arguments, place, negated=negated)
            case "eq" | "ne" if negated is (function == "ne"):
                names |= _tested_operands(arguments, place, negated=False)
            case _:
                pass
    return names


def _tested_operands(operands: Sequence[nodes.Operand], place: _Place, *, negated: bool) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    for operand in operands:
        if isinstance(operand, nodes.Group):
            names |= _tested(operand.pipeline, place, negated=negated)
        elif not negated:
            names = names.union((_operand_origin(operand, place) or ())[:1])
    return names
