"""What callers hold: a template that was read, of either engine, with its problems and the variables it reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from mfo_dialect.templates import nodes
from mfo_dialect.templates.execution import Clock, MissingKey
from mfo_dialect.templates.functions import FUNCTIONS
from mfo_dialect.templates.parser import parse_source
from mfo_dialect.templates.problems import Problem, TemplateError
from mfo_dialect.templates.rendering import CompiledTemplate
from mfo_dialect.text import Span


@dataclass(frozen=True, slots=True)
class VariableRead:
    """One place where a template reads a variable that it must be given.

    Attributes:
        name: The variable: a key at the top of the data.
        path: What is read below it, name by name; ``*`` is any element of a list or map.
        span: The name and path in the source.
        guarded: Whether the template copes with its absence: it is only tested, stands inside an ``if`` or ``with``
            that tests it, or has a default.
    """

    name: str
    path: tuple[str, ...]
    span: Span
    guarded: bool


class Template(Protocol):
    """A template of either engine."""

    @property
    def source(self) -> str:
        """The text that was read."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the text, in the order of the source."""
        ...

    @property
    def reads(self) -> tuple[VariableRead, ...]:
        """Every place where a variable of the data is read, in the order of the source."""
        ...

    def render(self, data: Any, *, missingkey: MissingKey = "default", clock: Clock | None = None) -> str:
        """The text for some data.

        Raises:
            TemplateError: The text is no template, or rendering failed.
        """
        ...


class GoTemplate:
    """A Go template that was read; values are computed when they are first asked for, and kept."""

    def __init__(self, source: str, name: str) -> None:
        """Read ``source``, which may call itself by ``name``."""
        self.source = source
        self.name = name
        self._parsed = parse_source(source, FUNCTIONS, name)

    @property
    def tree(self) -> nodes.Body:
        """The statements of the text; whole for broken text too."""
        return self._parsed.body

    @property
    def definitions(self) -> dict[str, nodes.Body]:
        """Every template that can be called, by name, this one included."""
        return self._parsed.definitions

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the text, in the order of the source."""
        return self._parsed.problems

    @cached_property
    def reads(self) -> tuple[VariableRead, ...]:
        """Every place where a variable of the data is read, in the order of the source."""
        return ()

    @cached_property
    def _compiled(self) -> CompiledTemplate:
        return CompiledTemplate(self._parsed.definitions, self.name)

    def render(self, data: Any, *, missingkey: MissingKey = "default", clock: Clock | None = None) -> str:
        """The text for some data.

        Raises:
            TemplateError: The text is no template (stage ``parse``) or rendering failed (stage ``exec``).
        """
        if self._parsed.problems:
            first = self._parsed.problems[0]
            raise TemplateError(first.message, stage="parse", span=Span(first.noticed_at, first.noticed_at))
        return self._compiled.render(data, missingkey=missingkey, clock=clock)
