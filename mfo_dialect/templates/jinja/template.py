"""A jinja2 template as callers hold it, with the same interface as a Go template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import CodeType
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError

from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.templates.execution import Clock, MissingKey, system_clock
from mfo_dialect.templates.jinja.reads import find_reads
from mfo_dialect.templates.jinja.sandbox import (
    BUDGET,
    DEFAULT,
    JINJA_FILTERS,
    JINJA_TESTS,
    STRICT,
    Budget,
    checked_size,
)
from mfo_dialect.templates.jinja.tokens import NamePlaces, same_length_lines
from mfo_dialect.templates.problems import Problem, ProblemKind, TemplateError
from mfo_dialect.templates.reads import Reads, VariableRead
from mfo_dialect.text import Span

_BEYOND_US = (RecursionError, ValueError, OverflowError, SyntaxError, MemoryError)
_SPEAKING = (jinja2.UndefinedError, SecurityError, TypeError, ZeroDivisionError)


class JinjaTemplate:
    """A jinja2 template that was read; values are computed when they are first asked for, and kept."""

    def __init__(self, source: str) -> None:
        """Read ``source``."""
        self.source = source
        self._tree: nodes.Template | None = None
        self._syntax: Problem | None = None
        try:
            self._tree = DEFAULT.parse(same_length_lines(source))
        except jinja2.TemplateSyntaxError as error:
            self._syntax = self._problem(error.message or "syntax error", error.lineno)
        except _BEYOND_US:
            self._syntax = self._problem("template is nested too deeply or holds a number that is too long", 1)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the text, as far as jinja2's parser tells: it stops at the first syntax error."""
        return self._all_problems

    @cached_property
    def _all_problems(self) -> tuple[Problem, ...]:
        if self._syntax is not None or self._tree is None:
            return () if self._syntax is None else (self._syntax,)
        found = list(self._unknown_names(self._tree))
        if not found and isinstance(self._code, Problem):
            found.append(self._code)
        return tuple(sorted(found, key=lambda problem: problem.span))

    @property
    def reads(self) -> tuple[VariableRead, ...]:
        """Every place where a variable of the data is read, in the order of the source."""
        return self._reads.variables

    @property
    def reads_everything(self) -> bool:
        """Whether the data is used as a whole; jinja2 has no way to."""
        return self._reads.everything

    def render(self, data: Any, *, missingkey: MissingKey = "default", clock: Clock | None = None) -> str:
        """The text for some data.

        Args:
            data: The variables by name; None for none.
            missingkey: ``error`` refuses names that are not in the data; else they are empty.
            clock: Tells the time to ``now()``.

        Raises:
            TemplateError: The text is no template (stage ``parse``) or rendering failed (stage ``exec``).
        """
        fatal = next((problem for problem in self.problems if problem.kind.is_fatal), None)
        code = self._code
        if fatal is not None or isinstance(code, Problem):
            problem = fatal or cast("Problem", code)
            raise TemplateError(problem.message, stage="parse", span=problem.span)
        if data is not None and not isinstance(data, Mapping):
            raise TemplateError("data is no map of variables", stage="exec", span=Span(0, 0))
        environment = STRICT if missingkey == "error" else DEFAULT
        template = jinja2.Template.from_code(environment, code, environment.make_globals(None))
        variables = {"now": clock or system_clock, **cast("dict[str, Any]", data or {}), BUDGET: Budget()}
        return self._rendered(template, variables)

    def _rendered(self, template: jinja2.Template, variables: dict[str, Any]) -> str:
        pieces: list[str] = []
        size = 0
        try:
            for piece in template.root_render_func(template.new_context(variables)):
                size = checked_size(size + len(piece))
                pieces.append(piece)
        except Exception as error:  # noqa: BLE001 - whatever a template does with its data must not escape
            message = str(error) if isinstance(error, _SPEAKING) else type(error).__name__
            span = self._places.line(_failing_line(template, error))
            raise TemplateError(message, stage="exec", span=span, partial="".join(pieces)) from None
        return "".join(pieces)

    @cached_property
    def _code(self) -> CodeType | Problem:
        if self._syntax is not None:
            return self._syntax
        try:
            return DEFAULT.compile(DEFAULT.parse(self.source))
        except jinja2.TemplateSyntaxError as error:
            return self._problem(error.message or "syntax error", error.lineno)
        except _BEYOND_US:
            return self._problem("template is nested too deeply", 1)

    @cached_property
    def _reads(self) -> Reads:
        if self._tree is None:
            return Reads((), everything=False)
        try:
            return find_reads(self._tree, NamePlaces(self.source))
        except RecursionError:
            return Reads((), everything=False)

    @cached_property
    def _places(self) -> NamePlaces:
        return NamePlaces(self.source)

    def _problem(self, message: str, line: int) -> Problem:
        span = self._places.line(line)
        return Problem(message, span, ProblemKind.SYNTAX, span.start)

    def _unknown_names(self, tree: nodes.Template) -> Iterator[Problem]:
        places = NamePlaces(self.source)
        for node in _walk(tree):
            match node:
                case nodes.Filter(name=name) if name not in DEFAULT.filters:
                    yield _unknown("filter", name, JINJA_FILTERS, places.take(node.lineno, name))
                case nodes.Test(name=name) if name not in DEFAULT.tests:
                    yield _unknown("test", name, JINJA_TESTS, places.take(node.lineno, name))
                case nodes.Include() | nodes.Extends() | nodes.Import() | nodes.FromImport():
                    span = places.line(node.lineno)
                    message = "a prompt template cannot load other templates"
                    yield Problem(message, span, ProblemKind.UNDEFINED_TEMPLATE, span.start)
                case _:
                    pass


def _walk(tree: nodes.Template) -> Iterator[nodes.Node]:
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(node.iter_child_nodes())))


def _unknown(what: str, name: str, names: tuple[str, ...], span: Span) -> Problem:
    message = f'{what} "{name}" not defined{did_you_mean(name, names)}'
    return Problem(message, span, ProblemKind.UNKNOWN_FUNCTION, span.start)


def _failing_line(template: jinja2.Template, error: Exception) -> int:
    """The 1-based line of the template in which an error arose."""
    line = 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is template.root_render_func.__globals__:
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line
