"""The state of one editor session, all of it: open texts, what was read from them, and what was last shown.

Nothing else in the server changes. It decides what an event makes stale; it reads and analyses when asked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Any

from cachetools import LRUCache

from mfo_dialect.analysis.bundle import Bundle, Source, make_bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.editing import unread_source
from mfo_dialect.file_names import PROJECT_FILES, is_markdown
from mfo_dialect.model.kinds import DocumentKind, may_be_ours
from mfo_dialect.steps import Steps
from mfo_dialect.text import Encoding
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.server.analysis import Analysis, EditedBundle, UneditedBundle, are_of_same_texts
from mfo_lsp.server.baselines import Baselines
from mfo_lsp.server.bundle_reading import LONG, BundleReading, ReadOpen, is_much
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.convert import directory_of, is_file, to_key, to_uri
from mfo_lsp.server.diagnostic_texts import GroupText
from mfo_lsp.server.open_text import OpenText, TextChange
from mfo_lsp.server.overlay import OverlaidFiles
from mfo_lsp.server.recorded_runs import RecordedRuns
from mfo_lsp.server.told import Offered, SentTokens, Shown
from mfo_lsp.server.trace import Trace
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.fixing_files import existing_text
from mfo_workspace.projects import baseline_path
from mfo_workspace.templates import is_template
from mfo_workspace.walking import is_yaml

_REMEMBERED = 32 * 1024 * 1024
"""Characters of the texts that are remembered although nobody has opened them; those asked for longest ago go first."""
_MANY = 8
"""Texts from which on a bundle is read in slices."""


def _length_of_bundle(known: UneditedBundle) -> int:
    return sum(len(source.text) for source in known.bundle.sources.values())


def _length_of_source(source: Source) -> int:
    return len(source.text)


class Session:
    """Everything that changes while an editor is connected.

    Attributes:
        plain: makes JSON values of the protocol's values.
        client: what the client can do.
        preferences: what its user prefers.
        encoding: how the columns of positions are counted.
        folders: the keys of the workspace's folders.
        open_texts: the open documents, by key.
        found: by bundle and by document, the diagnostics of the last check.
        shown: by document, what the client was last told.
        baselines: the baselines that project files name.
        initial_options: the preferences that the client has set when the session began, by name.
        preferred: the names of the preferences that the client has set.
        states: by document and taskflow, the states of the nodes in the last run, by their paths.
        tokens: by document, the semantic tokens that the client was last sent.
        offered: the items that completion offered last.
        recorded_runs: what was looked up of recorded runs.
        files: the disk with the open texts laid over it.
        directories: those of the workspace that hold documents; None where they are to be looked for.
        trace: where the time goes, for who wants to know.
    """

    def __init__(self, disk: Files, plain: Callable[[object], Any]) -> None:
        """Start with nothing open, over ``disk``."""
        self.plain = plain
        self.client = Client()
        self.preferences = Preferences()
        self.encoding = Encoding.UTF16
        self.folders: tuple[str, ...] = ()
        self.open_texts: dict[str, OpenText] = {}
        self.found: dict[str, dict[str, tuple[GroupText, ...]]] = {}
        self.shown: dict[str, Shown] = {}
        self.files = OverlaidFiles(disk, self.open_texts)
        self.baselines = Baselines(self.files)
        self.directories: tuple[str, ...] | None = None
        self.initial_options: dict[str, bool] = {}
        self.preferred: frozenset[str] = frozenset()
        self.states: dict[tuple[str, str], dict[str, str]] = {}
        self.tokens: dict[str, SentTokens] = {}
        self.offered = Offered()
        self.recorded_runs = RecordedRuns()
        self.trace = Trace()
        self._remembered: LRUCache[str, UneditedBundle] = LRUCache(_REMEMBERED, getsizeof=_length_of_bundle)
        self._sources: LRUCache[str, Source] = LRUCache(_REMEMBERED, getsizeof=_length_of_source)
        self._edited: dict[str, EditedBundle] = {}
        self._kinds: dict[str, DocumentKind] = {}
        self._reading: dict[str, BundleReading] = {}
        self._templates: dict[str, bool] = {}

    def open(self, uri: str, version: int, text: str) -> set[str]:
        """Take a document into the editor's hands; gives the bundles that this touches."""
        key = to_key(uri)
        self.open_texts[key] = OpenText(uri, version, text)
        for bundle in [name for name, edited in self._edited.items() if edited.bundle.text_of(key) != text]:
            self._drop(bundle, key)
        return self.reread([key])

    def change(self, uri: str, version: int, changes: Iterable[TextChange]) -> set[str]:
        """Change an open document; gives the bundles that this touches: none where it is not open."""
        key = to_key(uri)
        open_text = self.open_texts.get(key)
        if open_text is None:
            return set()
        with self.trace.phase("text"):
            edits = open_text.change(version, changes, self.encoding)
        for reading in self._reading.values():
            reading.edit(key, edits)
        if posixpath.basename(key) in PROJECT_FILES:
            return self.reread([key])
        if is_markdown(key) and not self._is_template(key):
            return set()
        touched = {bundle for bundle, edited in self._edited.items() if key in edited.keys}
        with self.trace.phase("tree"):
            for bundle in touched:
                if is_much(edits):
                    self._let_go(bundle)
                else:
                    self._edited[bundle].edit(key, edits)
        if directory_of(key) in self._reading:
            return touched | {directory_of(key)}
        is_foreign = not touched and directory_of(key) in self._edited and self._read(key) is None
        return touched if touched or is_foreign else self.reread([key])

    def close(self, uri: str) -> set[str]:
        """Give a document back to the disk; gives the bundles that this touches."""
        key = to_key(uri)
        if self.open_texts.pop(key, None) is None:
            return set()
        self.tokens.pop(key, None)
        self._sources.pop(key, None)
        self._kinds.pop(key, None)  # the kind that it kept while it was being typed goes with the buffer
        for bundle in [name for name, edited in self._edited.items() if edited.edits]:
            self._drop(bundle, key)
        self._forget_unused()  # what nobody has open any more is not compared with the disk
        touched = self.reread([key])
        self._forget_unused()
        return touched

    def reread(self, keys: Iterable[str]) -> set[str]:
        """Look again at files that may have come, gone or changed; gives the bundles that this touches."""
        touched: set[str] = set()
        self.directories = None
        self._remembered.clear()
        self._templates.clear()
        for reading in self._reading.values():
            reading.renew()
        for key in keys:
            touched |= self._bundles_around(key)
            touched |= {bundle for bundle in self._edited if bundle.startswith(f"{key}/")}
        for bundle in touched:
            edited = self._edited.get(bundle)
            if edited is not None and not self._is_as_read(bundle, edited):
                self._let_go(bundle)
        return touched

    def start_over(self) -> None:
        """Forget all that was read and follows from it; what is open stays open, and the client's wishes stay."""
        for bundle in tuple(self._edited):
            self._let_go(bundle)
        self._remembered.clear()
        self._templates.clear()
        self._sources.clear()
        self.tokens.clear()
        self.directories = None
        self.baselines = Baselines(self.files)
        self.recorded_runs = RecordedRuns()

    def _drop(self, bundle: str, key: str) -> None:
        """Have a bundle read anew where it has a text."""
        if key in self._edited[bundle].keys:
            self._let_go(bundle)

    def _let_go(self, bundle: str) -> None:
        """Have a bundle read anew when it is asked for; half-typed texts keep the kinds that they had."""
        sources = self._edited.pop(bundle).bundle.sources
        kinds = {key: source.kind for key, source in sources.items() if key in self.open_texts}
        self._kinds |= {key: kind for key, kind in kinds.items() if kind is not None}

    def _is_as_read(self, bundle: str, edited: EditedBundle) -> bool:
        """Whether the same texts would be read for a bundle; how the open ones are edited does not matter."""
        if not is_file(bundle):
            return True

        def read(key: str) -> Source | None:
            known = edited.as_read.sources.get(key)
            return known if known is not None and key in self.open_texts else self._read(key)

        return are_of_same_texts(edited.as_read, load_bundle(bundle, self.files, read=read))

    def _bundles_around(self, key: str) -> set[str]:
        own = directory_of(key)
        if posixpath.basename(key) in PROJECT_FILES:
            below = own if own.endswith("/") else f"{own}/"
            return {own} | {bundle for bundle in self.watched_bundles() if bundle.startswith(below)}
        if is_file(key) and not is_yaml(key) and not is_markdown(key):
            return {bundle for bundle, edited in self._edited.items() if key == baseline_path(edited.as_read.project)}
        seen_by = {
            bundle
            for bundle, edited in self._edited.items()
            if key in edited.keys or edited.as_read.project.section("bundle")
        }
        return seen_by if is_markdown(key) and not self._is_template(key) else {own} | seen_by

    def watched_bundles(self) -> set[str]:
        """The bundles that are checked: those of the open documents."""
        return {
            directory_of(key)
            for key in self.open_texts
            if self._is_template(key)
            or (not is_file(key) and not is_markdown(key))
            or is_yaml(key)
            or posixpath.basename(key) in PROJECT_FILES
        }

    def _is_template(self, key: str) -> bool:
        """Whether a project file lists an open text as a prompt template in Markdown; looked up once, until files change."""
        known = self._templates.get(key)
        if known is None:
            known = self._templates[key] = is_markdown(key) and is_file(key) and is_template(key, self.files)
        return known

    def analysis(self, bundle: str) -> Analysis:
        """A bundle as it is now, read and kept; its findings may still be missing."""
        known = self._edited.get(bundle)
        if known is not None:
            return known
        if bundle in self._reading:
            return self._begun(bundle)
        if bundle in self.watched_bundles():
            bundle_now = self._load(bundle, self._reader(self._text_of_open, unread_source))
            edited = self._edited[bundle] = EditedBundle(bundle_now, self._kinds_of_open)
            return edited
        fresh = UneditedBundle(Snapshot(self._load(bundle, self._read)))
        before = self._remembered.get(bundle)
        if before is not None and are_of_same_texts(before.bundle, fresh.bundle):
            return before
        if _length_of_bundle(fresh) <= _REMEMBERED:
            self._remembered[bundle] = fresh
        return fresh

    def versions(self, bundle: str) -> list[int]:
        """The client's numbers of a bundle's open documents."""
        return [text.version for key, text in self.open_texts.items() if directory_of(key) == bundle]

    @property
    def is_reading(self) -> bool:
        """Whether any bundle is being read, so that not all is known of it."""
        return bool(self._reading)

    def is_read(self, bundle: str) -> bool:
        """Whether nothing of a bundle is still to be read."""
        return bundle not in self._reading

    def is_awaited(self, uri: str) -> bool:
        """Whether nothing is known of a document because it is being read in steps."""
        key = to_key(uri)
        return directory_of(key) in self._reading and self._is_long(key)

    def _is_long(self, key: str) -> bool:
        open_text = self.open_texts.get(key)
        return open_text is not None and not is_markdown(key) and open_text.length >= LONG

    def reading_of(self, bundle: str) -> BundleReading | None:
        """What is known of a bundle that is being read."""
        return self._reading.get(bundle)

    def begin_reading(self, bundle: str) -> None:
        """Have a bundle read in steps that has many texts or a long open one; until ``end_reading`` only its short open ones are known."""
        if bundle in self._edited or bundle in self._reading:
            return
        waiting: list[str] = []
        if is_file(bundle):
            load_bundle(bundle, self.files, read=waiting.append)
            waiting = [key for key in waiting if key not in self.open_texts and key not in self._sources]
        is_long = any(self._is_long(key) for key in self.open_texts if directory_of(key) == bundle)
        if is_long or len(waiting) >= _MANY:
            self._reading[bundle] = BundleReading(tuple(waiting) if len(waiting) >= _MANY else ())

    def read_ahead(self, key: str) -> None:
        """Read a text, so that it is there when its bundle is asked for."""
        self._read(key)

    def read_in_steps(self, bundle: str) -> Steps[EditedBundle]:
        """Read a bundle from the start, with its texts as they are when the first step is made and as they are edited since."""
        texts = {key: open_text.text for key, open_text in self.open_texts.items()}
        long = [key for key in texts if directory_of(key) == bundle and self._is_long(key)]
        reading = self._reading[bundle] = BundleReading()
        return reading.steps(
            texts, long, self._kinds_of_open, lambda read: self._load(bundle, self._reader(texts.get, read))
        )

    def end_reading(self, bundle: str, edited: EditedBundle | None = None) -> None:
        """What can be read of a bundle in steps has been read."""
        if self._reading.pop(bundle, None) is not None and edited is not None:
            self._edited[bundle] = edited

    def _begun(self, bundle: str) -> UneditedBundle:
        """A bundle of which only the open documents are known, and of those the short ones."""
        reading = self._reading[bundle]
        if reading.begun is None:
            keys = [key for key in self.open_texts if directory_of(key) == bundle and not self._is_long(key)]
            sources = [source for key in keys if (source := self._read(key)) is not None]
            reading.begun = UneditedBundle(Snapshot(make_bundle(sources)))
        return reading.begun

    def is_current(self, bundle: str, analysis: Analysis, edits: int) -> bool:
        """Whether nothing has changed since a bundle had been edited so often."""
        return self.analysis(bundle) is analysis and analysis.edits == edits

    def is_held(self, edited: EditedBundle) -> bool:
        """Whether a bundle is still the one that is edited."""
        return edited in self._edited.values()

    def forget_written(self) -> None:
        """Have all diagnostics written anew, as what is to be shown of them has changed."""
        self.found = {bundle: dict.fromkeys(by_document, ()) for bundle, by_document in self.found.items()}
        for edited in self._edited.values():
            edited.forget_news()

    def other_text(self, key: str) -> str | None:
        """A text as it is in the editor or on the disk; None where there is none, nothing where it cannot be read."""
        return existing_text(self.files, key)

    def _load(self, bundle: str, read: Callable[[str], Source | None]) -> Bundle:
        if is_file(bundle):
            return load_bundle(bundle, self.files, read=read)
        source = read(bundle)
        return make_bundle([source] if source is not None else [])

    def _text_of_open(self, key: str) -> str | None:
        open_text = self.open_texts.get(key)
        return open_text.text if open_text is not None else None

    @property
    def _kinds_of_open(self) -> dict[str, DocumentKind | None]:
        """The open texts, each with the kind that it keeps while it is being typed."""
        return {key: self._kinds.get(key) for key in self.open_texts}

    def _reader(self, text_of: Callable[[str], str | None], read: ReadOpen) -> Callable[[str], Source | None]:
        """Reads what a bundle is made of; the open texts, which ``text_of`` gives, in a way of their own."""

        def read_one(key: str) -> Source | None:
            text = text_of(key)
            if text is None:
                return self._read(key)
            is_ours = self._kinds.get(key) is not None or may_be_ours(text, posixpath.basename(key))
            return read(key, text) if is_ours else None

        return read_one

    def _read(self, key: str) -> Source | None:
        """The text as read before where it is the same, else read now; None where it is plainly not ours."""
        try:
            text = self.files.read(key)
        except UnreadableFileError:
            self._sources.pop(key, None)
            return None
        known = self._sources.get(key)
        if known is not None and known.text == text:
            return known
        previous = self._kinds.get(key)
        if previous is None and not may_be_ours(text, posixpath.basename(key)):
            self._sources.pop(key, None)
            return None
        source = read_source(key, text, previous)
        if len(text) <= _REMEMBERED:
            self._sources[key] = source
        return source

    def _forget_unused(self) -> None:
        """Let go of what no open document needs."""
        watched = self.watched_bundles()
        for bundle in self._edited.keys() - watched:
            del self._edited[bundle]
        used = {key for edited in self._edited.values() for key in edited.keys}
        for key in [key for key in self._sources if key not in used and directory_of(key) not in watched]:
            del self._sources[key]

    def uri(self, key: str) -> str:
        """The URI of a text, in the client's spelling where it has one."""
        open_text = self.open_texts.get(key)
        if open_text is not None:
            return open_text.uri
        shown = self.shown.get(key)
        return shown.uri if shown is not None else to_uri(key)
