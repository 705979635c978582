"""A bundle that is being read while messages are taken: what is known of it meanwhile, and what has happened to its texts.

It knows no loop: who has time drives the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mfo_dialect.analysis.bundle import Bundle, Source
from mfo_dialect.editing import unread_source
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.steps import Steps
from mfo_dialect.syntax import LiveTree
from mfo_dialect.text import TextEdit
from mfo_lsp.server.analysis import EditedBundle, UneditedBundle

LONG = 100_000
"""Characters from which on an open text is read in steps: some thousand lines, which take more than a few slices."""

ReadOpen = Callable[[str, str], Source]
"""Reads an open text, given its key and what is written in it."""


class BundleReading:
    """One bundle that is being read.

    Attributes:
        waiting: the texts on the disk that are to be read ahead.
        begun: the bundle of those open texts that are short, if somebody has asked.
        is_stale: whether so much has happened that it is to be read from the start.
    """

    def __init__(self, waiting: tuple[str, ...] = ()) -> None:
        """Begin."""
        self.waiting = waiting
        self.begun: UneditedBundle | None = None
        self.is_stale = False
        self._texts: Mapping[str, str] | None = None
        self._missed: list[tuple[str, tuple[TextEdit, ...]]] = []

    def edit(self, key: str, edits: tuple[TextEdit, ...]) -> None:
        """A text is edited: what has been read of it is edited at the end, or read again where much is new."""
        self.begun = None
        if self._texts is not None and key in self._texts:
            self._missed.append((key, edits))
            self.is_stale = self.is_stale or is_much(edits)

    def renew(self) -> None:
        """Texts have come or gone."""
        self.begun = None
        self.is_stale = self._texts is not None

    def steps(
        self,
        texts: Mapping[str, str],
        long: Iterable[str],
        kinds: Mapping[str, DocumentKind | None],
        load: Callable[[ReadOpen], Bundle],
    ) -> Steps[EditedBundle]:
        """Read the open texts and what they say, a block at a time.

        Args:
            texts: the open texts, by key.
            long: those of the bundle that take long to read.
            kinds: the kinds that the open texts had, if any.
            load: loads the bundle.
        """
        self._texts = texts
        trees: dict[str, LiveTree] = {}
        for key in long:
            tree = trees[key] = LiveTree(texts[key], in_steps=True)
            yield from tree.reading
        bundle = load(lambda key, text: unread_source(key, text, lambda text: trees.get(key) or LiveTree(text)))
        yield
        edited = EditedBundle(bundle, kinds, in_steps=True)
        yield from edited.live.preparing
        for key, edits in self._missed:
            if key in edited.keys:
                edited.edit(key, edits)
        return edited


def is_much(edits: Iterable[TextEdit]) -> bool:
    """Whether edits bring so much text that it is to be read in steps."""
    return sum(len(edit.new_text) for edit in edits) >= LONG
