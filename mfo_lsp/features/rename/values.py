"""Why something is not renamed, and words for places."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Place


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a name stays as it is: one sentence for the person at the editor, with its period."""

    words: str


def words_for(place: Place, bundle: Bundle) -> str:
    """A place as messages name it: ``workflow.yml:12``, the line 1-based."""
    source = bundle.sources.get(place.document)
    lines = source.tree.lines if source is not None else bundle.project.lines
    return f"{place.document.rsplit('/', 1)[-1]}:{lines.line_of(place.span.start) + 1}"
