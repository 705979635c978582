"""Reading what a node is given before the run: what is not known yet becomes a placeholder, a secret never a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from mfo_dialect.expressions import parse, reads
from mfo_dialect.references import Reference
from mfo_dialect.syntax import Scalar
from mfo_runtime.errors import MfoError, UnresolvedReferenceError
from mfo_runtime.flow.scope import Reading

_OF_THE_RUN = frozenset({"process_id", "started_at", "iterations"})


class UnknownYetError(Exception):
    """What is read is known only when the run has come that far."""


class Placeholder(str):
    """Stands for a value that is not known yet: ``⟨get_email.resource.content⟩``."""

    __slots__ = ()


def placeholder(path: str) -> Placeholder:
    """The placeholder of what a reference reads."""
    return Placeholder(f"⟨{path}⟩")


@dataclass(frozen=True)
class ForecastReading(Reading):
    """A node of a run that has not begun.

    Attributes:
        unknown: all placeholders of the forecast; filled while it reads.
        secrets: the names of the secrets that were read; filled while it reads.
    """

    unknown: set[str] = field(default_factory=set[str])
    secrets: set[str] = field(default_factory=set[str])

    def placeholders_in(self, value: Any) -> tuple[str, ...]:
        """The placeholders that a value holds, also inside its texts."""
        texts = set(_texts(value))
        return tuple(sorted(name for name in self.unknown if any(name in text for text in texts)))

    def _reference(self, scalar: Scalar, reference: Reference) -> Any:
        path = ".".join((reference.root or "", *reference.path))
        if not reference.problem and self._is_unknown(reference):
            return self._placeholder(path)
        try:
            value = super()._reference(scalar, reference)
        except UnknownYetError:
            return self._placeholder(path)
        except MfoError:
            if self._is_below_unknown(reference):
                return self._placeholder(path)
            raise
        self.unknown.update(text for text in _texts(value) if isinstance(text, Placeholder))
        return value

    def _is_unknown(self, reference: Reference) -> bool:
        root, path = reference.root, reference.path
        if root == "SECRET" and path:
            self.secrets.add(path[0])
        return (root == "SECRET" and bool(path)) or (root == "TASKFLOW" and _is_of_the_run(path))

    def _is_below_unknown(self, reference: Reference) -> bool:
        """Whether a path leads into an input that is itself a placeholder."""
        path = reference.path
        given = self.scope.input_of(self.view) if reference.root == "INPUT" else {}
        return bool(path) and isinstance(given.get(path[0]), Placeholder)

    def _placeholder(self, path: str) -> Placeholder:
        made = placeholder(path)
        self.unknown.add(made)
        return made

    def _environment(self, source: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """As in a run; raises ``UnknownYetError`` where a name leads to what is not known yet."""
        try:
            found = super()._environment(source, variables)
        except UnresolvedReferenceError:
            raise UnknownYetError from None
        for read in reads(parse(source)):
            path = [str(segment.key) for segment in read.path]
            if read.root == "TASKFLOW" and _is_of_the_run(path):
                raise UnknownYetError
            value = found.get(read.root)
            for name in path:
                value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else value
            if any(self._holds_unknown(text) for text in _texts(value)):
                raise UnknownYetError
        return found

    def _holds_unknown(self, text: str) -> bool:
        return isinstance(text, Placeholder) or any(name in text for name in self.unknown)

    def _clock(self) -> int:
        """The time of the run is not known yet."""
        raise UnknownYetError


def _is_of_the_run(path: Sequence[str]) -> bool:
    """Whether what is read of TASKFLOW is settled only when the run begins."""
    return not path or path[0] in _OF_THE_RUN


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for item in cast("Mapping[Any, Any]", value).values():
                yield from _texts(item)
        case list() | tuple():
            for item in cast("list[Any]", value):
                yield from _texts(item)
        case _:
            pass
