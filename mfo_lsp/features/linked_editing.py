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

from mfo_dialect.analysis.parts_at import parts_between
from mfo_dialect.analysis.scopes import FlowView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.prompts import PromptTemplate
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
    if len(found) < 2 or not _are_alike(found, snapshot):  # noqa: PLR2004 - a pair
        return None
    spans = tuple(one.span for one in found)
    if not any(_holds(block, spans) for block in _blocks(snapshot, document, touched.span)):
        return None
    shared = any(len(index.written_at(one.document, one.span)) > 1 for one in found)
    if shared or obstacle(touched.symbol, snapshot, index):
        return None
    has_words = any(one.spelling in _BARE_WORDS or one.spelling is Spelling.PART for one in found)
    return LinkedPlaces(spans, _IDENTIFIER if has_words else _WITH_DASHES)


def _are_alike(found: tuple[Occurrence, ...], snapshot: Snapshot) -> bool:
    """Whether all stand in one document, written letter by letter."""
    document, name = found[0].document, found[0].symbol.name
    text = snapshot.bundle.text_of(document)
    return all(one.document == document and text[one.span.start : one.span.end] == name for one in found)


def _blocks(snapshot: Snapshot, document: str, span: Span) -> Iterator[Span]:
    """The blocks around a place that a reader takes in at once: tasks, conditions, triggers, templates, schemas."""
    for part in parts_between(snapshot, document, span):
        match part:
            case NodeView() if not isinstance(part.node, Subflow):
                yield part.node.mapping.span
            case TriggerView():
                yield part.trigger.mapping.span
            case PromptTemplate() if snapshot.bundle.templates.get(part.id.text) is part:
                yield part.mapping.span
            case FlowView() if part.taskflow.input_schema is not None:
                yield part.taskflow.input_schema.span
            case _:
                pass


def _holds(block: Span, spans: tuple[Span, ...]) -> bool:
    return all(block.start <= span.start and span.end <= block.end for span in spans)
