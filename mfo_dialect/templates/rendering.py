"""Statements compiled to closures that write, and the call that runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from mfo_dialect.templates import nodes
from mfo_dialect.templates.execution import (
    ITEMS_PER_STEP,
    MAX_CALL_DEPTH,
    Clock,
    Frame,
    MissingKey,
    RenderError,
    Run,
    absence,
    system_clock,
)
from mfo_dialect.templates.loops import (
    Signal,
    Write,
    cost_of,
    evaluate_only,
    jumps,
    write_all,
    write_loop,
    write_nothing,
    write_text,
    write_until_jump,
)
from mfo_dialect.templates.operands import Scope, compile_pipeline, last_place
from mfo_dialect.templates.printing import NO_VALUE, printed
from mfo_dialect.templates.problems import TemplateError
from mfo_dialect.templates.values import MISSING, FunctionError, Kind, cleaned, kind_of
from mfo_dialect.text import Span

_SHORT_INTEGER = 10**18


class CompiledTemplate:
    """A template ready to render, any number of times; it holds no state of a rendering."""

    def __init__(self, definitions: Mapping[str, nodes.Body], main: str) -> None:
        """Compile what is needed of ``definitions`` when it is first called.

        Args:
            definitions: The templates by name.
            main: The name of the one to render.
        """
        self._definitions = definitions
        self._main = main
        self._compiled: dict[str, tuple[Write, int, int]] = {}

    def render(self, data: Any, *, missingkey: MissingKey = "default", clock: Clock | None = None) -> str:
        """The text for some data.

        Raises:
            TemplateError: Rendering failed, at stage ``exec``.
        """
        run = Run(absence(missingkey), clock or system_clock)
        root = MISSING if data is None else data
        span = Span(0, 0)
        try:
            self.call(self._main, run, root, span)
            text, is_complete = run.written()
            if is_complete:
                return cleaned(text)
            message = "output is too long"
        except RenderError as error:
            message, span = error.message, error.span
        except RecursionError:
            message = "templates are nested too deeply"
        raise TemplateError(message, stage="exec", span=span, partial=cleaned(run.written()[0])) from None

    def check_call(self, name: str, run: Run, span: Span) -> None:
        """Refuse a call that cannot be made, before its data is computed.

        Raises:
            RenderError: The template is not defined, or too many calls are open.
        """
        if name not in self._definitions:
            raise RenderError(f'template "{name}" not defined', span)
        if run.depth >= MAX_CALL_DEPTH:
            raise RenderError(f"exceeded maximum template depth ({MAX_CALL_DEPTH})", span)

    def call(self, name: str, run: Run, data: Any, span: Span) -> None:
        """Write the template ``name``, which is defined.

        Raises:
            RenderError: Rendering it failed.
        """
        write, size, cost = self._compiled.get(name) or self._compile(name)
        run.spend(cost, span)
        run.depth += 1
        write(Frame(run, size, data), data)
        run.depth -= 1

    def _compile(self, name: str) -> tuple[Write, int, int]:
        body = self._definitions[name]
        scope = Scope()
        write = _Compiler(self, scope).body(body)
        compiled = self._compiled[name] = (write, scope.size, cost_of(body))
        return compiled


class _Compiler:
    """Compiles the statements of one template."""

    def __init__(self, template: CompiledTemplate, scope: Scope) -> None:
        self._template = template
        self._scope = scope

    def body(self, body: nodes.Body) -> Write:
        statements = self._statements(body.statements)
        if any(jumps(statement) for statement in body.statements):
            return write_until_jump(statements)
        return write_all(statements)

    def _statements(self, statements: Sequence[nodes.Statement]) -> list[Write]:
        """A closure for each statement; text goes with the output behind it."""
        compiled: list[Write] = []
        text = ""
        for statement in statements:
            if isinstance(statement, nodes.Text):
                text += statement.text
                continue
            if isinstance(statement, nodes.Output) and not statement.pipeline.declarations:
                compiled.append(self._output(statement, text))
                text = ""
                continue
            if text:
                compiled.append(write_text(text))
                text = ""
            write = self._statement(statement)
            if write is not None:
                compiled.append(write)
        return [*compiled, write_text(text)] if text else compiled

    def _scoped(self, body: nodes.Body | None) -> Write:
        """A body whose variables end with it."""
        if body is None:
            return write_nothing
        mark = len(self._scope.visible)
        write = self.body(body)
        del self._scope.visible[mark:]
        return write

    def _statement(self, statement: nodes.Statement) -> Write | None:
        match statement:
            case nodes.Output():
                return evaluate_only(compile_pipeline(statement.pipeline, self._scope))
            case nodes.If():
                mark = len(self._scope.visible)
                write = self._conditional(statement)
                del self._scope.visible[mark:]
                return write
            case nodes.With() | nodes.Range():
                mark = len(self._scope.visible)
                write = self._with(statement) if isinstance(statement, nodes.With) else self._range(statement)
                del self._scope.visible[mark:]
                return write
            case nodes.Break():
                return lambda _frame, _dot: Signal.BREAK
            case nodes.Continue():
                return lambda _frame, _dot: Signal.CONTINUE
            case nodes.Call() | nodes.Block():
                return self._call(statement)
            case nodes.Text() | nodes.Comment() | nodes.Define():
                return None

    def _output(self, statement: nodes.Output, text: str) -> Write:
        """A closure that writes ``text`` and then a value."""
        evaluate = compile_pipeline(statement.pipeline, self._scope, is_kept=False)
        span = statement.pipeline.span

        def write_value(frame: Frame, dot: Any) -> None:
            value = evaluate(frame, dot)
            frame.write(value if type(value) is str else _shown(value, frame.run, span))

        def write_both(frame: Frame, dot: Any) -> None:
            write = frame.write
            write(text)
            value = evaluate(frame, dot)
            write(value if type(value) is str else _shown(value, frame.run, span))

        return write_both if text else write_value

    def _conditional(self, statement: nodes.If) -> Write:
        branches = [
            (compile_pipeline(branch.pipeline, self._scope, is_kept=False), self._scoped(branch.body))
            for branch in statement.branches
        ]
        otherwise = self._scoped(statement.otherwise)
        if len(branches) == 1:
            condition, body = branches[0]

            def choose(frame: Frame, dot: Any) -> Signal | None:
                return body(frame, dot) if condition(frame, dot) else otherwise(frame, dot)

            return choose

        def choose_one(frame: Frame, dot: Any) -> Signal | None:
            for condition, body in branches:
                if condition(frame, dot):
                    return body(frame, dot)
            return otherwise(frame, dot)

        return choose_one

    def _with(self, statement: nodes.With) -> Write:
        evaluate = compile_pipeline(statement.pipeline, self._scope, is_kept=False)
        body = self._scoped(statement.body)
        otherwise = self._scoped(statement.otherwise)

        def enter(frame: Frame, dot: Any) -> Signal | None:
            value = evaluate(frame, dot)
            return body(frame, value) if value else otherwise(frame, dot)

        return enter

    def _range(self, statement: nodes.Range) -> Write:
        pipeline = statement.pipeline
        evaluate = compile_pipeline(pipeline, self._scope, is_kept=False)
        # Go 1.19 sets the variables on top of its stack in every pass, whether they were declared or only assigned.
        slots = (
            [slot for _, slot in self._scope.visible[-len(pipeline.declarations) :]] if pipeline.declarations else []
        )
        body = self._scoped(statement.body)
        otherwise = self._scoped(statement.otherwise)
        cost = 1 + cost_of(statement.body)
        place = last_place(pipeline)
        may_jump = any(jumps(inner) for inner in statement.body.statements)
        loop = write_loop(body, slots, cost, place, may_jump=may_jump)

        def iterate(frame: Frame, dot: Any) -> Signal | None:
            value = evaluate(frame, dot)
            kind = kind_of(value)
            if kind is Kind.LIST or kind is Kind.MAP:
                if value:
                    frame.run.spend(len(value) // ITEMS_PER_STEP, place)
                    return loop(frame, value)
            elif kind is not Kind.NIL:
                raise RenderError(f"range can't iterate over {_excerpt(value)}", place)
            signal = otherwise(frame, dot)
            # Go 1.19 ends the loop to which the else belongs, not the one around it.
            return None if signal is Signal.BREAK else signal

        return iterate

    def _call(self, statement: nodes.Call | nodes.Block) -> Write:
        name = statement.name
        evaluate = None if statement.pipeline is None else compile_pipeline(statement.pipeline, self._scope)
        template = self._template

        def call(frame: Frame, dot: Any) -> None:
            template.check_call(name.text, frame.run, name.span)
            data = MISSING if evaluate is None else evaluate(frame, dot)
            template.call(name.text, frame.run, data, name.span)

        return call


def _shown(value: Any, run: Run, span: Span) -> str:
    if type(value) is int and -_SHORT_INTEGER < value < _SHORT_INTEGER:
        return str(value)
    if value is None or value is MISSING:
        return NO_VALUE
    try:
        text = printed(value)
    except FunctionError as error:
        raise RenderError(str(error), span) from None
    run.count_text(len(text), span)
    return text


def _excerpt(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return "a time"
    return f"a value of type {type(value).__name__}"
