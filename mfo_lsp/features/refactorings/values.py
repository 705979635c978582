"""What a refactoring is asked of, what it offers, and why it cannot be done. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.text import Span
from mfo_lsp.features.code_actions import ActionKind


@dataclass(frozen=True, slots=True)
class Selection:
    """What the person at the editor has selected.

    Attributes:
        snapshot: the bundle.
        document: the key of the text, one of the bundle's.
        span: the selection; an empty one is a cursor.
    """

    snapshot: Snapshot
    document: str
    span: Span

    @property
    def source(self) -> Source:
        """The text as read."""
        return self.snapshot.bundle.sources[self.document]

    def touches(self, span: Span) -> bool:
        """Whether a stretch of the text and the selection have a place in common, ends included."""
        return span.start <= self.span.end and self.span.start <= span.end


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a refactoring cannot be done: one sentence for the person at the editor, with its period."""

    words: str


Texts: TypeAlias = Mapping[str, str]
"""The texts that are changed, by document, as they would be; a document that is not there is created."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One refactoring that can be asked for at a selection.

    Attributes:
        title: what it does, in the imperative; no two offers at a selection have one.
        kind: its sort.
        change: works it out; the texts are not verified yet.
        obstacle: why it cannot be done, where that is plain without working it out; else empty.
    """

    title: str
    kind: ActionKind
    change: Callable[[], Texts | Obstacle]
    obstacle: str = ""


Refactoring: TypeAlias = Callable[[Selection], Iterable[Offer]]
