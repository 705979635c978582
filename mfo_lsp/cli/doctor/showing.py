"""A diagnosis for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from mfo_lsp.cli.doctor.diagnosis import Diagnosis, KeystrokeProfile, Phase
from mfo_lsp.cli.output import shown_path
from mfo_workspace.text_report import printable

VERSION = 1
_MOST_CHARACTERS = 200


def as_text(diagnosis: Diagnosis) -> str:
    """Sections with a heading each, one fact a line."""
    sections: list[tuple[str, list[tuple[str, str]]]] = [
        ("versions", [(name, found or "not installed") for name, found in diagnosis.versions.items()]),
        ("reading YAML", [("composer", diagnosis.composer)]),
        ("project", list(_project(diagnosis))),
        ("documents", [(name, str(count)) for name, count in diagnosis.documents.items()]),
        ("findings", [(name, str(count)) for name, count in diagnosis.findings.items()]),
        ("timings", [(phase.name, f"{phase.seconds * 1000:.1f} ms") for phase in diagnosis.phases]),
        ("memory", [("peak", _megabytes(diagnosis.memory))]),
    ]
    blocks = list(_blocks(sections))
    unusual = [f"  {printable(words)}" for words in diagnosis.unusual] or ["  nothing"]
    return "\n\n".join([*blocks, "\n".join(["unusual", *unusual])]) + "\n"


def _blocks(sections: Iterable[tuple[str, list[tuple[str, str]]]]) -> Iterator[str]:
    return ("\n".join([heading, *_columns(rows)]) for heading, rows in sections)


def _megabytes(memory: int) -> str:
    return f"{memory / 2**20:.0f} MiB" if memory else "not known here"


def profile_as_text(profile: KeystrokeProfile) -> str:
    """The parts of a keystroke and the slowest rules, in sections."""
    opened = [
        ("document", shown_path(profile.path)),
        ("opened in", f"{profile.opened * 1000:.1f} ms"),
        ("typed in line", str(profile.line + 1)),
        ("a keystroke", f"{profile.median * 1000:.2f} ms"),
        ("one of twenty", f"{profile.slow * 1000:.2f} ms"),
        ("peak of memory", _megabytes(profile.memory)),
    ]
    sections = [
        ("editing", opened),
        ("where the time of a keystroke goes", [_timed(phase, profile.median) for phase in profile.phases]),
        ("rules", [_timed(phase, profile.median) for phase in profile.rules]),
    ]
    return "\n\n".join(_blocks(sections)) + "\n"


def _timed(phase: Phase, whole: float) -> tuple[str, str]:
    share = f"{phase.seconds / whole:4.0%}" if whole else ""
    return phase.name, f"{phase.seconds * 1000:7.3f} ms  {share}"


def profile_as_data(profile: KeystrokeProfile) -> str:
    """One JSON object, version 1; keys are only ever added."""
    data = {
        "version": VERSION,
        "path": profile.path,
        "line": profile.line,
        "opened": round(profile.opened, 6),
        "median": round(profile.median, 6),
        "slow": round(profile.slow, 6),
        "phases": [_phase(phase) for phase in profile.phases],
        "rules": [_phase(phase) for phase in profile.rules],
        "memory": profile.memory or None,
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _phase(phase: Phase) -> dict[str, object]:
    return {"phase": phase.name, "seconds": round(phase.seconds, 6)}


def _project(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    yield "directory", diagnosis.directory
    yield "project file", shown_path(diagnosis.project_file) if diagnosis.project_file else "none"
    for setting in diagnosis.settings:
        value = json.dumps(setting.value, ensure_ascii=False, default=str)
        yield setting.name, f"{value[:_MOST_CHARACTERS]}  ({setting.source})"
    yield "environment", ", ".join(diagnosis.environment) or "nothing of ours"


def _columns(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    for name, words in rows:
        yield printable(f"  {name.ljust(width)}  {words}")


def as_data(diagnosis: Diagnosis) -> str:
    """One JSON object, version 1; keys are only ever added."""
    data = {
        "version": VERSION,
        "versions": {name: found or None for name, found in diagnosis.versions.items()},
        "composer": diagnosis.composer,
        "directory": diagnosis.directory,
        "project_file": diagnosis.project_file or None,
        "settings": [
            {"name": setting.name, "value": setting.value, "source": setting.source} for setting in diagnosis.settings
        ],
        "environment": list(diagnosis.environment),
        "documents": diagnosis.documents,
        "findings": diagnosis.findings,
        "timings": [_phase(phase) for phase in diagnosis.phases],
        "memory": diagnosis.memory or None,
        "unusual": list(diagnosis.unusual),
    }
    return json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n"
