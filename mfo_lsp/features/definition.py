"""Where the name under the cursor is declared. It knows no protocol: places are offsets."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_dialect.text import Span
from mfo_lsp.features.schema_fields import field_at
from mfo_lsp.features.symbols import index_symbols


@dataclass(frozen=True, slots=True)
class Definition:
    """One declaration of what a cursor touches.

    Attributes:
        origin: the name that the cursor touches.
        name: where the name is declared.
        whole: all of what is declared there, in the same document.
    """

    origin: Span
    name: Place
    whole: Span


def definitions(snapshot: Snapshot, document: str, offset: int) -> tuple[Definition, ...]:
    """The declarations of what a cursor touches, several where one name is declared twice; empty for none.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
    """
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is not None:
        return tuple(
            Definition(touched.span, Place(found.document, found.span), found.whole)
            for found in index.declarations(touched.symbol)
        )
    field = field_at(snapshot, document, offset)
    return (Definition(field.origin, field.name, field.whole),) if field is not None else ()
