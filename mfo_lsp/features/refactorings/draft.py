"""Texts under change: edited in steps, and read again after each of them, so that no step has to foresee another.

What is written has the line ends of its document. Rules of layout think in LF; here their edits are given what is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_dialect.text import line_break_near, with_line_breaks
from mfo_lsp.features.edited_bundle import texts_after, with_texts
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
        written = [self._with_its_line_ends(edit) for edit in edits]
        if written:
            texts = texts_after(self.bundle, written)
            self._changed |= texts
            self.snapshot = Snapshot(with_texts(self.bundle, texts))

    def _with_its_line_ends(self, edit: Edit) -> Edit:
        line_break = line_break_near(self.text(edit.place.document), edit.place.span.start)
        return Edit(edit.place, with_line_breaks(edit.new_text, line_break))
