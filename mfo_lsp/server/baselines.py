"""The baselines that project files name, as they are on disk or in the editor now."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.baseline import Baseline
from mfo_dialect.findings import Finding
from mfo_lsp.features.known_findings import with_known_as_hints
from mfo_workspace.baseline_file import baseline_of_text
from mfo_workspace.baselines import match_in
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.projects import baseline_path


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read from a text, or why it is no baseline."""

    text: str
    baseline: Baseline
    problem: str = ""


class Baselines:
    """Reads baselines when they are asked for, and again where their text has changed."""

    def __init__(self, files: Files) -> None:
        """Read from ``files``."""
        self._files = files
        self._read: dict[str, _Read] = {}
        self._told: dict[str, str] = {}

    def applies_to(self, bundle: Bundle) -> bool:
        """Whether the project of a bundle has a baseline that knows any finding."""
        path = baseline_path(bundle.project)
        if not path or not self._files.exists(path):
            self._read.pop(path, None)
            return False
        return bool(self._baseline(path).counts)

    def applied(self, findings: tuple[Finding, ...], bundle: Bundle) -> tuple[Finding, ...]:
        """The findings of a bundle, those that its project's baseline knows as hints; all as they are without one."""
        if not self.applies_to(bundle):
            return findings
        path = baseline_path(bundle.project)
        matched = match_in(
            path,
            self._read[path].baseline,
            findings,
            lambda key: bundle.sources[key].tree if key in bundle.sources else None,
        )
        return with_known_as_hints(findings, matched.known, posixpath.basename(path))

    def held(self, path: str) -> tuple[str, Baseline] | None:
        """The text of a baseline and what it holds; None where there is none, or none that can be read."""
        if not self._files.exists(path):
            return None
        baseline = self._baseline(path)
        return (self._read[path].text, baseline) if path in self._read and baseline.counts else None

    def untold_problems(self) -> list[str]:
        """Why baselines cannot be read, in one line each; every reason once."""
        now = {path: read.problem for path, read in self._read.items() if read.problem}
        fresh = [words for path, words in now.items() if self._told.get(path) != words]
        self._told = now
        return fresh

    def _baseline(self, path: str) -> Baseline:
        known = self._read.get(path)
        text = ""
        try:
            text = self._files.read(path)
            if known is None or known.text != text:
                self._read[path] = _Read(text, baseline_of_text(path, text))
        except UnreadableFileError as error:
            place = f":{error.line}:{error.column}" if error.line else ""
            words = f"{posixpath.basename(path)}{place}: {error.reason}. All findings are shown."
            self._read[path] = _Read(text, Baseline(), words)
        return self._read[path].baseline
