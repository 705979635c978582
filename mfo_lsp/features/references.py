"""Every place where the name under the cursor is written. It knows no protocol: places are offsets."""

from __future__ import annotations

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_lsp.features.symbols import index_symbols


def references(
    snapshot: Snapshot, document: str, offset: int, *, include_declaration: bool = True
) -> tuple[Place, ...]:
    """The places, by document and place; empty where the cursor touches no name.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        include_declaration: whether the places that declare the name count too.
    """
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is None:
        return ()
    return tuple(
        Place(found.document, found.span)
        for found in index.of(touched.symbol)
        if include_declaration or not found.is_declaration
    )
