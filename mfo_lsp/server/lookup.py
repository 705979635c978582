"""What a request speaks of: the document's snapshot, and the conversions of that moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from lsprotocol import types

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_dialect.text import LineIndex, Span
from mfo_lsp.features.edited_bundle import apart
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.server.convert import directory_of, to_key, to_offset, to_range, to_span
from mfo_lsp.server.publish import lines_of, location_of
from mfo_lsp.server.session import Session


@dataclass(frozen=True, slots=True)
class View:
    """One document as a request finds it.

    Attributes:
        session: the session; read, never changed, through a view.
        key: the document's key.
        snapshot: its bundle.
    """

    session: Session
    key: str
    snapshot: Snapshot

    @property
    def source(self) -> Source:
        """The document as read."""
        return self.snapshot.bundle.sources[self.key]

    @property
    def preferences(self) -> Preferences:
        """What the user prefers."""
        return self.session.preferences

    @property
    def lines(self) -> LineIndex:
        """The document's lines."""
        return lines_of(self.snapshot.bundle, self.key)

    def offset(self, position: types.Position) -> int:
        """The offset of a position in the document."""
        return to_offset(self.lines, position, self.session.encoding)

    def span(self, range_: types.Range) -> Span:
        """The span of a range in the document."""
        return to_span(self.lines, range_, self.session.encoding)

    def range(self, span: Span, document: str | None = None) -> types.Range:
        """The range of a span in the document, or in another one of its bundle."""
        lines = lines_of(self.snapshot.bundle, self.key if document is None else document)
        return to_range(lines, span, self.session.encoding)

    def location(self, place: Place) -> types.Location:
        """A place in the bundle."""
        return location_of(place, self.snapshot.bundle, self.session)


def look_up(session: Session, uri: str) -> View | None:
    """The document that a request speaks of; None where it is not ours."""
    key = to_key(uri)
    return view_of(session, key, session.analysis(directory_of(key)).snapshot)


def look_up_text(session: Session, uri: str) -> View | None:
    """A document, or the project file, for who asks for names alone; None where it is neither."""
    key = to_key(uri)
    snapshot = session.analysis(directory_of(key)).snapshot
    return View(session, key, snapshot) if is_shown(snapshot, key) else None


async def still_snapshot(session: Session, bundle: str) -> Snapshot:
    """A bundle as it is now, that nobody edits: for work in another thread, in which it is read."""
    return await asyncio.to_thread(apart(session.analysis(bundle).snapshot))


async def look_up_still(session: Session, uri: str) -> View | None:
    """The document that a request speaks of, in a bundle that nobody edits; None where it is not ours."""
    key = to_key(uri)
    return view_of(session, key, await still_snapshot(session, directory_of(key)))


def is_shown(snapshot: Snapshot, key: str) -> bool:
    """Whether a text is one of ours: a document of the bundle, or its project file."""
    source = snapshot.bundle.sources.get(key)
    return (source is not None and source.is_ours) or (bool(key) and key == snapshot.bundle.project.document)


def view_of(session: Session, key: str, snapshot: Snapshot) -> View | None:
    """A document of a snapshot; None where it is not ours."""
    source = snapshot.bundle.sources.get(key)
    return View(session, key, snapshot) if source is not None and source.is_ours else None
