"""What stands behind a name: all of a node, a template, a tool; of a custom task type its Python function.

It knows no protocol: places are offsets. Python files are looked through for the function's name, and never imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_dialect.text import Span
from mfo_lsp.features.document_links import ProjectFiles, module_file
from mfo_lsp.features.symbols import SymbolKind, index_symbols

TextOf = Callable[[str], str | None]
"""Gives the text of a file by its path; None where there is none, nothing where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """One place that a name leads to.

    Attributes:
        origin: the name that the cursor touches.
        name: where the name of what is there stands.
        whole: all of it, in the same document.
        text: the text of a document that is none of the bundle's, a Python file; else None.
    """

    origin: Span
    name: Place
    whole: Span
    text: str | None = None


def implementations(
    snapshot: Snapshot, document: str, offset: int, files: ProjectFiles, text_of: TextOf
) -> tuple[Implementation, ...]:
    """What the name under the cursor stands for, several where it is declared twice; empty for none.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        files: where the Python files of custom task types are.
        text_of: gives their texts.
    """
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is None:
        return ()
    if touched.symbol.kind is SymbolKind.TASK_TYPE:
        function = _function(touched.symbol.name, touched.span, snapshot, files, text_of)
        if function is not None:
            return (function,)
    return tuple(
        Implementation(touched.span, Place(found.document, found.span), found.whole)
        for found in index.declarations(touched.symbol)
    )


def _function(
    name: str, origin: Span, snapshot: Snapshot, files: ProjectFiles, text_of: TextOf
) -> Implementation | None:
    """The Python function of a custom task type, or its file where the function is not found; None without a file."""
    project = snapshot.bundle.project
    task_type = project.task_types.get(name)
    module = task_type.module if task_type is not None else ""
    path = module_file(module, project, files) if module else None
    text = text_of(path) if path is not None else None
    if path is None or text is None:
        return None
    wanted = re.escape(module.partition(":")[2])
    found = re.search(rf"^(?:async[ ]+)?(?:def|class)[ ]+({wanted})\b", text, re.MULTILINE) if wanted else None
    span = Span(*found.span(1)) if found is not None else Span(0, 0)
    return Implementation(origin, Place(path, span), span, text)
