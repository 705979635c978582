"""What the documents of a bundle mean while they are edited, and what is wrong with them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from mfo_dialect.analysis.bundle import Bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding
from mfo_dialect.text import TextEdit, apply_edits


class LiveMeaning(Protocol):
    """A bundle that is being edited; for the event loop's thread alone."""

    @property
    def snapshot(self) -> Snapshot:
        """What features look at: right after each edit."""
        ...

    def edit(self, key: str, edits: Iterable[TextEdit]) -> None:
        """Edit a text; each edit speaks of the text after the one before it."""
        ...

    def settle(self, has_time: Callable[[], bool]) -> bool:
        """Work on what edits have changed as long as there is time; says whether all findings are right."""
        ...

    def groups(self, key: str) -> Sequence[Sequence[Finding]]:
        """The findings of a text, in one group for each part of it."""
        ...

    def with_fixes(self, found: Finding) -> Finding:
        """A finding with what would mend it."""
        ...

    def stop(self) -> None:
        """Give up what is under way."""
        ...


class CheckedWhole:
    """A bundle that is read and checked as a whole after each edit, step by step in a thread that takes turns with the caller."""

    def __init__(self, bundle: Bundle) -> None:
        """Take a bundle as it was read; nothing is checked yet."""
        self._bundle = bundle
        self._snapshot = Snapshot(bundle)
        self._texts: dict[str, str] = {}
        self._check: _StepwiseCheck | None = None
        self._found: dict[str, list[Finding]] = {}
        self._is_settled = False

    @property
    def snapshot(self) -> Snapshot:
        """What features look at."""
        if self._texts:
            known = self._bundle.sources
            fresh = {key: read_source(key, text, known[key].kind) for key, text in self._texts.items()}
            self._bundle = Bundle({**known, **fresh}, self._bundle.home, self._bundle.project)
            self._snapshot = Snapshot(self._bundle)
            self._texts.clear()
        return self._snapshot

    def edit(self, key: str, edits: Iterable[TextEdit]) -> None:
        """Edit a text of the bundle."""
        text = self._texts.get(key)
        text = text if text is not None else self._bundle.sources[key].text
        for edit in edits:
            text = apply_edits(text, (edit,))
        self._texts[key] = text
        self._is_settled = False
        self.stop()

    def settle(self, has_time: Callable[[], bool]) -> bool:
        """Check on as long as there is time; says whether all is checked."""
        if self._is_settled:
            return True
        if self._check is None:
            self._check = _StepwiseCheck(self.snapshot)
        findings = self._check.go_on(has_time)
        if findings is None:
            return False
        self._check = None
        self._found = {}
        for finding in findings:
            self._found.setdefault(finding.place.document, []).append(finding)
        self._is_settled = True
        return True

    def groups(self, key: str) -> Sequence[Sequence[Finding]]:
        """All findings of a text as one group."""
        return [self._found[key]] if key in self._found else []

    def with_fixes(self, found: Finding) -> Finding:
        """The finding itself."""
        return found

    def stop(self) -> None:
        """Give up a check that is under way."""
        if self._check is not None:
            self._check.stop()
            self._check = None


class _StepwiseCheck:
    """A check of one snapshot, in a thread that runs only while somebody waits for it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._has_time: Callable[[], bool] = lambda: True
        self._is_over = self._is_stopped = False
        self._findings: tuple[Finding, ...] = ()
        threading.Thread(target=self._run, name="mfo-lsp check", daemon=True).start()

    def go_on(self, has_time: Callable[[], bool]) -> tuple[Finding, ...] | None:
        """Work as long as there is time; gives the findings where the check has come to its end."""
        self._has_time = has_time
        self._turn.release()
        self._back.acquire()
        return self._findings if self._is_over else None

    def stop(self) -> None:
        self._is_stopped = True
        self._turn.release()

    def _run(self) -> None:
        self._turn.acquire()
        if not self._is_stopped:
            self._findings = check_snapshot(self._snapshot, goes_on=self._goes_on)
            self._is_over = True
        self._back.release()

    def _goes_on(self) -> bool:
        if not self._is_stopped and not self._has_time():
            self._back.release()
            self._turn.acquire()
        return not self._is_stopped
