"""The values that references and expressions of a run lead to (dialect sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.expression_texts import names_of
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.scopes import RESERVED_ROOTS, FlowView, NodeView
from mfo_dialect.analysis.values import AbsentPathError, TooLargeError, follow_path, read_value
from mfo_dialect.catalogue.values import VALUE_MAP, ValueType
from mfo_dialect.expressions import FUNCTIONS, Moment, Program, Read, parse, reads, walk
from mfo_dialect.expressions import ExpressionError as EvaluationError
from mfo_dialect.expressions import compile as compile_expression
from mfo_dialect.expressions.nodes import Name
from mfo_dialect.expressions.values.budget import system_clock
from mfo_dialect.expressions.values.layout import RFC3339_NANO, write_moment
from mfo_dialect.model.workflow import Condition
from mfo_dialect.references import Reference
from mfo_dialect.shapes import Shape
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Scalar
from mfo_dialect.text import Span
from mfo_runtime.errors import ExpressionError, InvalidInputError, MfoError, Place, UnresolvedReferenceError
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.journal import hidden_paths

ReadNode = Callable[[str], Any]
_ENVIRONMENT = "$env"


@dataclass(frozen=True)
class RunScope:
    """The names of one run.

    Attributes:
        flow: the taskflow.
        bundle: the documents.
        inputs: INPUT of each level: of the taskflow under an empty text, of a subflow under its id.
        trigger: TRIGGER; None where no trigger started the run.
        system: SYSTEM.
        taskflow: TASKFLOW, but for its iterations.
        secrets: SECRET.
        environment: what ENV is read from.
        decisions: of each condition that was evaluated, its result and branch.
        is_resumed: whether values may come from the journal, which does not keep all.
    """

    flow: FlowView
    bundle: Bundle
    inputs: dict[str, dict[str, Any]]
    trigger: Mapping[str, Any] | None
    system: Mapping[str, Any]
    taskflow: Mapping[str, Any]
    secrets: Secrets
    environment: Mapping[str, str]
    decisions: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    is_resumed: bool = False

    def place(self, scalar: Scalar, within: Span) -> Place:
        """Where a stretch of a scalar of the flow's document stands."""
        return self._place_at(scalar.span_of(within).start)

    def place_of(self, part: NodeView | Node) -> Place:
        """Where a node of the flow, or any part of its document stands."""
        return self._place_at(part.name_span.start if isinstance(part, NodeView) else part.span.start)

    def _place_at(self, offset: int) -> Place:
        position = self.bundle.sources[self.flow.document].tree.lines.position(offset)
        return Place(self.flow.document, position.line + 1, position.column + 1)

    def forget_decisions_inside(self, subflow: NodeView) -> None:
        """A subflow that runs again knows nothing of what its conditions decided before."""
        for view in subflow.inner.nodes if subflow.inner is not None else ():
            self.decisions.pop(view.id, None)
            self.forget_decisions_inside(view)

    def input_of(self, view: NodeView | None) -> dict[str, Any]:
        """INPUT where a node stands; of the taskflow where no node is given."""
        owner = view.level.owner if view is not None else None
        while owner is not None and owner.id not in self.inputs:
            owner = owner.level.owner
        return self.inputs[owner.id if owner is not None else ""]


@dataclass(frozen=True)
class Reading:
    """One reader of a run: a node, or the taskflow's own outputs.

    Attributes:
        scope: the names of the run.
        view: the node; None for the outputs.
        read_node: the outputs of a node as this reader sees them.
        iterations: how often each condition took its loop edge.
        began_at: what ``now()`` gives, in seconds since the epoch; None for the time at which it is asked.
    """

    scope: RunScope
    view: NodeView | None
    read_node: ReadNode
    iterations: Mapping[str, int]
    began_at: float | None = None

    def values(self, node: Node, value_type: ValueType = VALUE_MAP) -> Any:
        """A part of the document as plain data, its references replaced.

        Raises:
            UnresolvedReferenceError: a reference leads nowhere; it knows its place.
            InvalidInputError: aliases multiply the value without bound.
        """
        try:
            return read_value(node, value_type, self._reference, self._is_root)
        except TooLargeError as error:
            raise InvalidInputError(f"{error}.") from None

    def mapping(self, node: MappingNode | None, value_type: ValueType = VALUE_MAP) -> dict[str, Any]:
        """As ``values``, for a map; empty where there is none."""
        return self.values(node, value_type) if node is not None else {}

    def _is_root(self, name: str) -> bool:
        return name in RESERVED_ROOTS or name in self.scope.flow.by_id

    def _reference(self, scalar: Scalar, reference: Reference) -> Any:
        written = scalar.text[reference.span.start : reference.span.end]
        if reference.problem:
            raise self._unresolved(scalar, reference.problem_span, f"{written}: {reference.problem}")
        try:
            if reference.root == "ENV":
                self._check_environment(reference.path)
            start, names, first = self._start(reference.root, reference.path)
            where = reference.root if first == 1 else ".".join((reference.root, *reference.path[: first - 1]))
            return self._kept(follow_path(start, names, where, first), reference.root)
        except AbsentPathError as error:
            span = reference.segments[min(error.index, len(reference.segments) - 1)].span
            raise self._unresolved(scalar, span, f"{written}: {error}") from None
        except LookupError as error:
            raise self._unresolved(scalar, reference.segments[0].span, f"{written}: {error.args[0]}") from None
        except MfoError as error:
            raise error.located(place=self.scope.place(scalar, reference.span)) from None

    def _kept(self, value: Any, root: str) -> Any:
        """A value, unless it holds one that the journal did not keep."""
        if self.scope.is_resumed and (hidden := next(hidden_paths(value), None)) is not None:
            what = f"its {hidden}" if hidden else "it"
            advice = (
                f"; resume with --again {root} to have {root} executed again" if root in self.scope.flow.by_id else ""
            )
            raise LookupError(f"the journal does not keep {what}, which stands under the name of a secret{advice}")
        return value

    def _check_environment(self, path: tuple[str, ...]) -> None:
        """A variable that is not set is null in an expression, where ``??`` can help, and an error in a reference."""
        if path and path[0] in self.scope.flow.workflow.env and path[0] not in self.scope.environment:
            raise LookupError(f"the environment variable {path[0]} is not set")

    def _unresolved(self, scalar: Scalar, span: Span, message: str) -> UnresolvedReferenceError:
        return UnresolvedReferenceError(message, place=self.scope.place(scalar, span))

    def _start(self, root: str, path: tuple[str, ...]) -> tuple[Any, tuple[str, ...], int]:
        """The value at a root, the names still to follow, and the place of the first of them."""
        scope = self.scope
        view = scope.flow.by_id.get(root)
        if view is None:
            return self._root(root, path), path, 1
        used = 0
        while view.inner is not None and used < len(path) and path[used] in view.inner.by_id:
            view = view.inner.by_id[path[used]]
            used += 1
        return self._node(view), path[used:], used + 1

    def _node(self, view: NodeView) -> Any:
        outputs = self.read_node(view.id)
        if isinstance(view.node, Condition):
            return self.scope.decisions.get(view.id)
        return self._with_decisions(view, outputs) if view.inner is not None else outputs

    def _with_decisions(self, subflow: NodeView, outputs: Any) -> Any:
        """A subflow's outputs by inner id, with what its conditions decided; the engine knows only their branches."""
        if subflow.inner is None or not isinstance(outputs, dict):
            return outputs
        found = dict(cast("dict[str, Any]", outputs))
        for inner in subflow.inner.nodes:
            if isinstance(inner.node, Condition):
                found[inner.id] = self.scope.decisions.get(inner.id)
            elif inner.inner is not None:
                found[inner.id] = self._with_decisions(inner, found.get(inner.id))
        return found

    def _root(self, root: str, path: tuple[str, ...]) -> Any:
        scope = self.scope
        match root:
            case "INPUT":
                return scope.input_of(self.view)
            case "TRIGGER":
                if scope.trigger is None:
                    raise LookupError("no trigger started this run")
                return scope.trigger
            case "TASKFLOW":
                return {**scope.taskflow, "iterations": dict(self.iterations)}
            case "SYSTEM":
                return scope.system
            case "SECRET":
                return {path[0]: scope.secrets.get(path[0])} if path else {}
            case "ENV":
                return {name: scope.environment.get(name) for name in scope.flow.workflow.env}
            case _:
                raise LookupError(f'no node or root is called "{root}"{did_you_mean(root, scope.flow.by_id)}')

    def evaluate(self, scalar: Scalar, variables: Mapping[str, Any]) -> Any:
        """The value of an expression.

        Raises:
            ExpressionError: it cannot be read or evaluated; it knows its place.
        """
        try:
            return plain(
                self._program(scalar.text).evaluate(self._environment(scalar.text, variables), clock=self._clock)
            )
        except EvaluationError as error:
            raise ExpressionError(error.message, place=self.scope.place(scalar, error.span)) from None
        except MfoError as error:
            raise error.located(place=self.scope.place(scalar, Span(0, len(scalar.text)))) from None

    def _clock(self) -> int:
        return system_clock() if self.began_at is None else int(self.began_at * 1_000_000_000)

    def _program(self, source: str) -> Program:
        """An expression, checked over the same shapes as in the editor."""
        names, is_open = names_of(self.view, self.scope.bundle) if self.view is not None else (dict[str, Shape](), True)
        return compile_expression(source, names, unknown_names_allowed=is_open)

    def _environment(self, source: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The names that an expression reads: ``vars``, declared inputs, nodes, roots, undeclared inputs."""
        inputs = self.scope.input_of(self.view)
        declared: Mapping[str, Any] = {}
        if self.view is not None:
            declared = input_shape(self.view.level, self.scope.bundle).fields
        parsed = parse(source)
        written = {node.name for node in walk(parsed.tree) if isinstance(node, Name)}
        certain = {read.root for read in reads(parsed)}
        # A name that is a function's too is read where it has a meaning; with $env[key] any name may be read.
        possible = written & FUNCTIONS.keys()
        if _ENVIRONMENT in written:
            possible |= {*variables, *declared, *inputs, *self.scope.flow.by_id, *RESERVED_ROOTS} - certain
        found: dict[str, Any] = {}
        for name in (*certain, *possible):
            try:
                for value in self._meanings(name, variables, inputs, declared):
                    found[name] = value
                    break
            except UnresolvedReferenceError:
                if name in certain:
                    raise
        if self.scope.is_resumed:
            for read in reads(parsed):
                self._check_kept(read, found)
        return found

    def _check_kept(self, read: Read, values: Mapping[str, Any]) -> None:
        """Raise where what an expression reads, as far as that is written out, was not kept by the journal."""
        value = values.get(read.root)
        for segment in read.path:
            match value:
                case dict() if segment.key in value:
                    value = cast("dict[Any, Any]", value)[segment.key]
                case _:
                    break
        try:
            self._kept(value, read.root)
        except LookupError as error:
            raise UnresolvedReferenceError(f"{read.root}: {error.args[0]}") from None

    def _meanings(
        self, name: str, variables: Mapping[str, Any], inputs: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[Any]:
        if name in variables:
            yield variables[name]
        if name in declared:
            yield inputs.get(name)
        view = self.scope.flow.by_id.get(name)
        if view is not None:
            yield self._node(view)
        if name in {"INPUT", "TASKFLOW", "SYSTEM", "ENV"} or (name == "TRIGGER" and self.scope.trigger is not None):
            yield self._root(name, ())
        if name in inputs and name not in FUNCTIONS:
            yield inputs[name]


def plain(value: Any) -> Any:
    """A value as JSON values: times as RFC 3339 has them, durations and whatever else as their texts, bytes as text."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case Moment():
            return write_moment(value, RFC3339_NANO)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case list() | tuple():
            return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return str(value)
