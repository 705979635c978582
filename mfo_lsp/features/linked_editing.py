"""Places that may be typed in together. It knows no protocol: places are offsets.

In YAML no name is written twice because the syntax asks for it, as HTML's tags are. But some names live in one block
alone: a condition's ``vars`` and its expression, a property and its schema's ``required``, a task's id and its own
``outputs``, a template's ``variables``, ``default_variables`` and text. Where all places of a name in the whole bundle
lie in one such block, typing in one of them is a rename; where there is any other place, it would break that one, and
nothing is linked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.text import Span
from mfo_lsp.features.rename.obstacles import obstacle
from mfo_lsp.features.symbols import Occurrence, Spelling, index_symbols

_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
_WITH_DASHES = "[A-Za-z_][A-Za-z0-9_-]*"
_BARE_WORDS = frozenset({Spelling.NAME, Spelling.MEMBER})


@dataclass(frozen=True, slots=True)
class LinkedPlaces:
    """Places with the same text.

    Attributes:
        spans: two at least, in document order.
        word_pattern: what may be typed there without leaving them.
    """

    spans: tuple[Span, ...]
    word_pattern: str


def linked_places(snapshot: Snapshot, document: str, offset: int) -> LinkedPlaces | None:
    """The places that change with the name under the cursor as it is typed; None where there are none.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
    """
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is None or touched.document not in snapshot.bundle.sources:
        return None
    found = index.of(touched.symbol)
    shared = any(len(index.written_at(one.document, one.span)) > 1 for one in found)
    if len(found) < 2 or shared or not _are_alike(found, snapshot) or obstacle(touched.symbol, snapshot, index):  # noqa: PLR2004 - a pair
        return None
    spans = tuple(one.span for one in found)
    if not any(_holds(block, spans) for block in _blocks(snapshot, document)):
        return None
    has_words = any(one.spelling in _BARE_WORDS or one.spelling is Spelling.PART for one in found)
    return LinkedPlaces(spans, _IDENTIFIER if has_words else _WITH_DASHES)


def _are_alike(found: tuple[Occurrence, ...], snapshot: Snapshot) -> bool:
    """Whether all stand in one document, written letter by letter."""
    document, name = found[0].document, found[0].symbol.name
    text = snapshot.bundle.text_of(document)
    return all(one.document == document and text[one.span.start : one.span.end] == name for one in found)


def _blocks(snapshot: Snapshot, document: str) -> Iterator[Span]:
    """The blocks of a document that a reader takes in at once: tasks, conditions, triggers, templates, schemas."""
    for view in snapshot.nodes:
        if view.document == document and not isinstance(view.node, Subflow):
            yield view.node.mapping.span
    for trigger in snapshot.triggers:
        if trigger.workflow.document == document:
            yield trigger.trigger.mapping.span
    for template in snapshot.bundle.templates.values():
        if template.document == document:
            yield template.mapping.span
    for flow in snapshot.flows:
        schema = flow.taskflow.input_schema
        if flow.document == document and schema is not None:
            yield schema.span


def _holds(block: Span, spans: tuple[Span, ...]) -> bool:
    return all(block.start <= span.start and span.end <= block.end for span in spans)
