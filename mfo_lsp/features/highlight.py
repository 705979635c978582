"""The places of one document where the name under the cursor is written. It knows no protocol: places are offsets."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import Part, path_at
from mfo_dialect.text import Span
from mfo_lsp.features.symbols import Occurrence, index_symbols
from mfo_lsp.features.targets import document_at


@dataclass(frozen=True, slots=True)
class Highlight:
    """One place; ``is_write`` where the name is declared, or a value is given to it: a key of ``prompt_context``, say."""

    span: Span
    is_write: bool


def highlights(snapshot: Snapshot, document: str, offset: int) -> tuple[Highlight, ...]:
    """The places in document order; empty where the cursor touches no name.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
    """
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is None:
        return ()
    here = [found for found in index.of(touched.symbol) if found.document == document]
    return tuple(Highlight(found.span, found.is_declaration or _is_key(found, snapshot)) for found in here)


def _is_key(found: Occurrence, snapshot: Snapshot) -> bool:
    written_in = document_at(snapshot, found.document, found.span.start)
    steps = path_at(written_in.root, found.span.start) if written_in is not None and written_in.root is not None else ()
    return bool(steps) and steps[-1].part is Part.KEY
