"""One bundle as the server knows it: while its documents are being edited, and as it lies on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.editing import Found, LiveBundle
from mfo_dialect.findings import Finding
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.text import TextEdit
from mfo_lsp.features.readiness import look_around

_VERY_MANY = 1000
"""Parts that take longer than somebody waits, where those rules look again that an edit concerns."""
_SOME = 10
"""The same where all rules look."""


class UneditedBundle:
    """A bundle without open documents.

    Attributes:
        snapshot: the bundle and its meaning, which never change.
        findings: what the checker says of it; None until it was asked.
        edits: none.
    """

    edits = 0
    __slots__ = ("findings", "snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        """Take a bundle as it was read."""
        self.snapshot = snapshot
        self.findings: tuple[Finding, ...] | None = None

    @property
    def bundle(self) -> Bundle:
        """The documents."""
        return self.snapshot.bundle


class EditedBundle:
    """A bundle with open documents; for the event loop's thread alone.

    Attributes:
        as_read: the bundle as it was before any edit.
        keys: the texts that it is made of.
        edits: how often it has been edited.
        is_settled: whether all findings are right.
        is_ready: whether the next edit costs no more than what depends on it.
        is_prepared: whether the next answer at a place need not find out either what all of them have to know.
    """

    __slots__ = (
        "_asking",
        "_live",
        "_looking",
        "_untaken",
        "_was_asked",
        "_was_settled",
        "as_read",
        "edits",
        "is_prepared",
        "is_ready",
        "is_settled",
        "keys",
    )

    def __init__(self, bundle: Bundle, edited: Mapping[str, DocumentKind | None], *, in_steps: bool = False) -> None:
        """Take a bundle as it was read; nothing is checked yet.

        Args:
            bundle: the bundle.
            edited: the texts that will be edited, each with the kind that it had, if any.
            in_steps: leave it to ``live.preparing`` to read what they say.
        """
        self.as_read = bundle
        self.keys = frozenset(bundle.sources)
        self.edits = 0
        self.is_settled = False
        self.is_ready = False
        self.is_prepared = False
        own = {key: kind for key, kind in edited.items() if key in self.keys}
        self._live = LiveBundle(bundle, edited=own, in_steps=in_steps)
        self._untaken: dict[str, list[TextEdit]] = {}
        self._asking: ExitStack | None = None
        self._was_asked = False
        self._was_settled = False
        self._looking: Iterator[None] | None = None

    @property
    def live(self) -> LiveBundle:
        """The bundle and its findings, kept right edit by edit."""
        if self._untaken:
            self.take_edits()
        return self._live

    @property
    def bundle(self) -> Bundle:
        """The documents as they are now."""
        return self.live.bundle

    @property
    def snapshot(self) -> Snapshot:
        """The bundle and its meaning as they are now; what is asked of it is kept until the next edit."""
        if self._asking is None:
            self._asking = ExitStack()
            self._asking.enter_context(self.live.asking())
        return self.live.snapshot

    def rest(self) -> None:
        """Let go of what was kept for those who ask, which the next edit would do: of much of it that takes a while."""
        if self._asking is not None:
            self._asking.close()
            self._asking = None

    def edit(self, key: str, edits: Iterable[TextEdit]) -> None:
        """Edit one of its texts; each edit speaks of the text after the one before it.

        A text that is read whole at each edit is read when somebody asks, so that many quick edits of it are one.
        """
        self.rest()
        self._looking = None
        self.edits += 1
        self.is_settled = False
        if self._live.is_read_whole(key):
            self._untaken.setdefault(key, []).extend(edits)
        else:
            self._live.edit(key, edits)

    def take_edits(self) -> None:
        """Read the texts of which that was put off."""
        untaken, self._untaken = self._untaken, {}
        for key, edits in untaken.items():
            self._live.edit(key, edits)

    def settle(self, has_time: Callable[[], bool]) -> bool:
        """Work on what edits have changed as long as there is time; says whether all findings are right."""
        if not self.is_settled:
            self.rest()
            self.is_settled = self.live.look(has_time)
            self._was_settled = self._was_settled or self.is_settled
            self.is_ready = self.is_ready or (self.is_settled and self.edits > 0)
        return self.is_settled

    @property
    def has_far_to_go(self) -> bool:
        """Whether the findings of what was edited are right, and very many others are those of before for a while."""
        most = _VERY_MANY if self.is_ready else _SOME
        return self._was_settled and not self.is_settled and self.live.has_more_left(most)

    def settle_meaning(self, has_time: Callable[[], bool]) -> None:
        """Do the first part of ``settle``: find out what follows from what was edited."""
        if not self.is_settled:
            self.rest()
            self.live.now.settle(has_time)

    def get_ready(self, has_time: Callable[[], bool]) -> bool:
        """Find out what edits and answers will have to know, as long as there is time; says whether that is known."""
        if not self.is_ready:
            self.rest()
            self.is_ready = self.live.settle(has_time)
        if not self.is_ready:
            return False
        if self._looking is None:
            self._looking = look_around(self.live.snapshot)
        while not self.is_prepared and has_time():
            self.is_prepared = next(self._looking, self) is self
        return self.is_prepared

    def news(self) -> set[str] | None:
        """The texts whose findings have come, gone or moved since this was asked last; None for the first time."""
        found = self.live.news()
        was_asked, self._was_asked = self._was_asked, True
        return found if was_asked else None

    def forget_news(self) -> None:
        """Have the next one who asks for news be the first."""
        self._was_asked = False

    def groups(self, key: str) -> Sequence[tuple[Found, ...]]:
        """The findings of a text, in one group for each of its parts; right once it is settled."""
        return self.live.groups(key)

    @property
    def found(self) -> Iterator[Found]:
        """The findings of all texts; right once it is settled."""
        documents = sorted({*self.keys, self.bundle.project.document})
        return (one for key in documents for group in self.live.groups(key) for one in group)

    @property
    def findings(self) -> tuple[Finding, ...] | None:
        """All findings, without fixes; None where it is not settled."""
        return tuple(one.finding() for one in self.found) if self.is_settled else None

    def with_fixes(self, found: Found) -> Finding:
        """A finding with what would mend it."""
        self.rest()
        return self.live.with_fixes(found)


def are_of_same_texts(one: Bundle, other: Bundle) -> bool:
    """Whether two bundles are made of the same texts as read, so that the same follows from both."""
    is_alike = one.sources.keys() == other.sources.keys() and one.home == other.home
    return (
        is_alike
        and (one.project.document, one.project.text) == (other.project.document, other.project.text)
        and all(source is other.sources[key] for key, source in one.sources.items())
    )


Analysis: TypeAlias = UneditedBundle | EditedBundle
