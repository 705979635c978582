"""A bundle as it would be with other texts, and one that stays as it is while its documents are edited on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from mfo_dialect.analysis.bundle import Bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_dialect.model.project import read_project
from mfo_dialect.text import TextEdit, apply_edits


def texts_after(bundle: Bundle, edits: Iterable[Edit]) -> dict[str, str]:
    """The texts of a bundle that some edits change, by document, as they would be.

    Raises:
        ValueError: two edits overlap.
    """
    by_document: dict[str, list[TextEdit]] = defaultdict(list)
    for edit in edits:
        by_document[edit.place.document].append(TextEdit(edit.place.span, edit.new_text))
    return {document: apply_edits(bundle.text_of(document), some) for document, some in by_document.items()}


def with_texts(bundle: Bundle, texts: Mapping[str, str]) -> Bundle:
    """A bundle with some texts replaced or added.

    Documents keep their kinds where their names and contents allow; those that are added are at home.
    """
    sources, project = dict(bundle.sources), bundle.project
    for document, text in texts.items():
        if document == project.document:
            project = read_project(text, document, project.table)
        else:
            before = sources.get(document)
            sources[document] = read_source(document, text, before.kind if before is not None else None)
    return Bundle(dict(sorted(sources.items())), bundle.home | (sources.keys() - bundle.sources.keys()), project)


def apart(snapshot: Snapshot) -> Callable[[], Snapshot]:
    """A way to a snapshot that another thread may ask: the same one where it never changes, else one that is read anew.

    To be called where the snapshot lives; what it gives may be called anywhere.
    """
    if type(snapshot) is Snapshot:
        return lambda: snapshot
    bundle = snapshot.bundle
    texts = [(key, source.text, source.kind) for key, source in bundle.sources.items()]
    home, project = frozenset(bundle.home), bundle.project
    return lambda: Snapshot(Bundle({key: read_source(key, text, kind) for key, text, kind in texts}, home, project))
