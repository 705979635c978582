"""Texts under change: edited in steps, and read again after each of them, so that no step has to foresee another.

What is written has the line ends of its document. Rules of layout think in LF; here their edits are given what is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.analysis.bundle import Bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_dialect.model.project import read_project
from mfo_dialect.text import TextEdit, apply_edits, line_break_near, with_line_breaks
from mfo_lsp.features.refactorings.values import Texts


class Draft:
    """A bundle as it is after some edits."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Start with a bundle as it is."""
        self.snapshot = snapshot
        self._changed: dict[str, str] = {}

    @property
    def texts(self) -> Texts:
        """The texts that have changed."""
        return self._changed

    @property
    def bundle(self) -> Bundle:
        """The bundle of the moment."""
        return self.snapshot.bundle

    def text(self, document: str) -> str:
        """A text of the moment; an empty one where there is none."""
        return self.bundle.text_of(document)

    def apply(self, edits: Iterable[Edit]) -> None:
        """Edit the texts of the moment.

        Raises:
            ValueError: two edits overlap.
        """
        by_document: dict[str, list[TextEdit]] = {}
        for edit in edits:
            text = self.text(edit.place.document)
            new_text = with_line_breaks(edit.new_text, line_break_near(text, edit.place.span.start))
            by_document.setdefault(edit.place.document, []).append(TextEdit(edit.place.span, new_text))
        if by_document:
            self._take({document: apply_edits(self.text(document), some) for document, some in by_document.items()})

    def _take(self, texts: Texts) -> None:
        self._changed |= texts
        self.snapshot = Snapshot(edited(self.bundle, texts))


def edited(bundle: Bundle, texts: Texts) -> Bundle:
    """A bundle with some texts replaced or added; kinds of documents are kept where their names and contents allow."""
    sources, project = dict(bundle.sources), bundle.project
    for document, text in texts.items():
        if document == project.document:
            project = read_project(text, document, project.table)
        else:
            before = sources.get(document)
            sources[document] = read_source(document, text, before.kind if before is not None else None)
    return Bundle(dict(sorted(sources.items())), bundle.home | (sources.keys() - bundle.sources.keys()), project)
