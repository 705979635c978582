"""What ``doctor`` tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force.

    Attributes:
        name: as the project file writes it: ``check.select``, ``rules.MFO404``.
        value: as it counts.
        source: the project file and the line, or ``default``.
    """

    name: str
    value: object
    source: str


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of a check of the directory, and how long it took, in seconds."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class KeystrokeProfile:
    """Where the time of a keystroke goes, from the message of the editor to the diagnostics.

    Attributes:
        path: the document.
        line: where it was typed, 0-based.
        opened: from opening the document to its diagnostics, in seconds.
        median: of one keystroke, in seconds.
        slow: as long as one of twenty takes, in seconds.
        phases: the parts of a keystroke of median length, in order.
        rules: the rules that took longest, as parts of ``rules``; without those that took no time.
        memory: the most bytes that the process has held; 0 where nobody can tell.
    """

    path: str
    line: int
    opened: float
    median: float
    slow: float
    phases: tuple[Phase, ...]
    rules: tuple[Phase, ...]
    memory: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is told.

    Attributes:
        versions: of Python, of this package and of the libraries that it needs; empty for one that is missing.
        composer: how YAML is read.
        directory: what was examined, an absolute path.
        project_file: the path of the project file; empty where there is none.
        settings: those in force.
        environment: the variables that are set and looked at, by name only.
        documents: how many files there are of each kind, and how many that are not checked.
        findings: how many findings there are of each severity.
        phases: the parts of a check, in order.
        memory: the most bytes that the process has held meanwhile; 0 where nobody can tell.
        unusual: what deserves a look, a sentence each.
    """

    versions: dict[str, str]
    composer: str
    directory: str
    project_file: str
    settings: tuple[Setting, ...]
    environment: tuple[str, ...]
    documents: dict[str, int]
    findings: dict[str, int]
    phases: tuple[Phase, ...]
    memory: int
    unusual: tuple[str, ...]
