"""One bundle as the server knows it: while its documents are being edited, and as it lies on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Finding
from mfo_dialect.text import TextEdit
from mfo_lsp.server.meaning import CheckedWhole, LiveMeaning


class UneditedBundle:
    """A bundle without open documents.

    Attributes:
        snapshot: the bundle and its meaning.
        findings: what the checker says of it; None until it was asked.
        edits: none.
    """

    edits = 0
    __slots__ = ("findings", "snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        """Take a bundle as it was read."""
        self.snapshot = snapshot
        self.findings: tuple[Finding, ...] | None = None


class EditedBundle:
    """A bundle with open documents.

    Attributes:
        as_read: the bundle as it was before any edit.
        keys: the texts that it is made of.
        edits: how often it has been edited.
        is_settled: whether all findings are right.
    """

    __slots__ = ("_live", "as_read", "edits", "is_settled", "keys")

    def __init__(self, bundle: Bundle, live: Callable[[Bundle], LiveMeaning] = CheckedWhole) -> None:
        """Take a bundle as it was read; nothing is checked yet."""
        self.as_read = bundle
        self.keys = frozenset(bundle.sources)
        self.edits = 0
        self.is_settled = False
        self._live = live(bundle)

    @property
    def snapshot(self) -> Snapshot:
        """The bundle and its meaning as they are now."""
        return self._live.snapshot

    def edit(self, key: str, edits: Iterable[TextEdit]) -> None:
        """Edit one of its texts; each edit speaks of the text after the one before it."""
        self.edits += 1
        self.is_settled = False
        self._live.edit(key, edits)

    def settle(self, has_time: Callable[[], bool]) -> bool:
        """Work on what edits have changed as long as there is time; says whether all findings are right."""
        if not self.is_settled:
            self.is_settled = self._live.settle(has_time)
        return self.is_settled

    def groups(self, key: str) -> Sequence[Sequence[Finding]]:
        """The findings of a text, in one group for each of its parts; right once it is settled."""
        return self._live.groups(key)

    @property
    def findings(self) -> tuple[Finding, ...] | None:
        """All findings, with fixes; None where it is not settled."""
        if not self.is_settled:
            return None
        return tuple(self._live.with_fixes(one) for key in self.keys for group in self.groups(key) for one in group)

    def stop(self) -> None:
        """Give up what is under way; nobody looks at it any more."""
        self._live.stop()


Analysis: TypeAlias = UneditedBundle | EditedBundle
