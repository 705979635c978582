"""What a place means, in Markdown. It knows no protocol: places are offsets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.text import Span
from mfo_lsp.features.hover.declared import hover_key, hover_value
from mfo_lsp.features.hover.embedded import hover_expression_word, hover_template_word
from mfo_lsp.features.hover.layers import hover_agent_data
from mfo_lsp.features.hover.paths import hover_path, touched_path
from mfo_lsp.features.hover.symbols import hover_symbol
from mfo_lsp.features.recorded import NOTHING_RECORDED, Recorded, Wanted

__all__ = ["Hover", "explain_kind", "hover", "wanted_by_hover"]


@dataclass(frozen=True, slots=True)
class Hover:
    """Words about a place.

    Attributes:
        span: what they speak of.
        markdown: the words.
    """

    span: Span
    markdown: str


def hover(
    snapshot: Snapshot,
    document: str,
    offset: int,
    now: datetime | None = None,
    recorded: Recorded = NOTHING_RECORDED,
) -> Hover | None:
    """What is known of the place under the cursor; None where there is nothing to say.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        now: the time from which the next times of schedules are told, with its zone; None leaves them out.
        recorded: what runs gave of what ``wanted_by_hover`` names.
    """
    path = hover_path(snapshot, document, offset, recorded)
    if path is not None:
        return Hover(*path)
    for look in (hover_expression_word, hover_template_word, hover_agent_data, hover_symbol):
        found = look(snapshot, document, offset)
        if found is not None:
            return Hover(*found)
    found = hover_key(snapshot, document, offset) or hover_value(snapshot, document, offset, now)
    if found is not None:
        return Hover(*found)
    source = snapshot.bundle.sources.get(document)
    return explain_kind(source, offset) if source is not None else None


def wanted_by_hover(snapshot: Snapshot, document: str, offset: int) -> Wanted | None:
    """What of recorded runs a hover can tell of; None for nothing."""
    path = touched_path(snapshot, document, offset)
    return path.recorded.wanted if path is not None and path.recorded is not None else None


def explain_kind(source: Source, offset: int) -> Hover | None:
    """On the first line of a text: what it was taken for and why, where its content alone does not say so."""
    first = Span(0, len(source.tree.lines.line_text(0)))
    if not first.contains(offset) or not source.documents:
        return None
    classification = source.documents[0].classification
    if classification.kind is not None and classification.reason.startswith(("a ", "an ")):
        return None
    return Hover(first, f"**mfo-lsp**: {classification.reason}")
