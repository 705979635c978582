"""What callers hold: a template that was read, of either engine, with its problems and the variables it reads."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from mfo_dialect.templates import nodes
from mfo_dialect.templates.checking import check_calls
from mfo_dialect.templates.flow import find_reads, find_scope
from mfo_dialect.templates.parser import parse_source
from mfo_dialect.templates.problems import Problem, TemplateError
from mfo_dialect.templates.reads import Reads, VariableRead, VisibleScope
from mfo_dialect.text import Span

if TYPE_CHECKING:
    from mfo_dialect.templates.execution import Clock, MissingKey
    from mfo_dialect.templates.rendering import CompiledTemplate


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

    @property
    def reads_everything(self) -> bool:
        """Whether the data is used as a whole, so that any variable may be read."""
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
        self._parsed = parse_source(source, name)

    @property
    def tree(self) -> nodes.Body:
        """The statements of the text; whole for broken text too."""
        return self._parsed.body

    @property
    def definitions(self) -> dict[str, nodes.Body]:
        """Every template that can be called, by name, this one included."""
        return self._parsed.definitions

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the text, in the order of the source."""
        return self._all_problems

    @cached_property
    def _all_problems(self) -> tuple[Problem, ...]:
        found = self._parsed.problems
        late = check_calls(self.tree, self.definitions, found)
        return tuple(sorted((*found, *late), key=lambda problem: problem.span))

    @property
    def reads(self) -> tuple[VariableRead, ...]:
        """Every place where a variable of the data is read, in the order of the source."""
        return self._reads.variables

    @property
    def reads_everything(self) -> bool:
        """Whether the data is used as a whole, so that any variable may be read."""
        return self._reads.everything

    def scope_at(self, offset: int) -> VisibleScope:
        """What the cursor and the variables are for one that types at ``offset``."""
        return find_scope(self.tree, self.definitions, offset)

    @cached_property
    def _reads(self) -> Reads:
        return find_reads(self.tree, self.definitions)

    @cached_property
    def _compiled(self) -> CompiledTemplate:
        from mfo_dialect.templates.rendering import CompiledTemplate  # noqa: PLC0415 - a check renders nothing

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
