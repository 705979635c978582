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
    unusual: tuple[str, ...]
