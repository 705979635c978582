"""Finding out what ``doctor`` tells: a check of the directory, done step by step with a clock beside it."""

from __future__ import annotations

import os
import platform
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TypeVar

from mfo_dialect.checker import INTERNAL_ERROR, check
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.project import Project
from mfo_dialect.syntax.events import BEST_ENGINE, Engine
from mfo_dialect.text import Span
from mfo_lsp.cli.check.collecting import Collected, collect
from mfo_lsp.cli.doctor.diagnosis import Diagnosis, Phase, Setting
from mfo_lsp.cli.doctor.memory import peak_memory
from mfo_lsp.cli.output import shown_path
from mfo_workspace.bundles import load_bundle, read_path
from mfo_workspace.checked import grouped
from mfo_workspace.explaining import ExplainedFile, explain_paths
from mfo_workspace.files import DiskFiles, UnreadableFileError
from mfo_workspace.projects import find_project
from mfo_workspace.settings import settings_in_force

PACKAGE = "mfo-lsp"
VARIABLES = (
    "MFO_BASE_URL",
    "MFO_CACHE_DIR",
    "MFO_CREDENTIALS",
    "MFO_DEBUG",
    "MFO_HOME",
    "MFO_LOG_FORMAT",
    "MFO_PROFILE",
    "MFO_TOKEN",
    "NO_COLOR",
    "FORCE_COLOR",
    "GITHUB_STEP_SUMMARY",
)
_INVALID_PROJECT = "MFO902"
_LARGE = 1024 * 1024
_COMPOSERS = {Engine.C: "C (ruamel.yaml.clib)", Engine.PURE: "pure Python"}

_Result = TypeVar("_Result")


class _Clock:
    """Runs steps and remembers how long each took."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []

    def time(self, name: str, step: Callable[[], _Result]) -> _Result:
        """Run one step; what it returns comes out."""
        start = time.perf_counter()
        result = step()
        self.phases.append(Phase(name, time.perf_counter() - start))
        return result


def examine(root: Path) -> Diagnosis:
    """Examine a directory.

    Args:
        root: an absolute path.
    """
    clock, files, skipped = _Clock(), DiskFiles(), dict[str, str]()
    collected = clock.time("walk", lambda: collect([str(root)], skipped=skipped.__setitem__))
    texts = clock.time("read", lambda: _read(collected, files))
    project = clock.time("project file", lambda: find_project(root.as_posix(), files))
    sources = clock.time("parse", lambda: {path: read_path(path, files) for path in texts})
    groups = grouped(collected.wanted.items())
    bundles = clock.time(
        "gather bundles",
        lambda: [
            load_bundle(
                folder, files, [path for path, _ in wanted], lambda path: sources.get(path) or read_path(path, files)
            )
            for folder, wanted in groups
        ],
    )
    findings = clock.time("check", lambda: [finding for bundle in bundles for finding in check(bundle)])
    explained = explain_paths(collected.wanted, files)
    return Diagnosis(
        versions(),
        _COMPOSERS[BEST_ENGINE],
        root.as_posix(),
        project.document,
        tuple(_settings(project)),
        tuple(name for name in VARIABLES if os.environ.get(name)),
        _documents(explained, skipped),
        {severity.word: sum(one.severity is severity for one in findings) for severity in Severity},
        tuple(clock.phases),
        peak_memory(),
        tuple(_unusual(collected, explained, findings, texts)),
    )


def _read(collected: Collected, files: DiskFiles) -> dict[str, str]:
    """The texts of the files that can be read."""
    texts: dict[str, str] = {}
    for path in collected.wanted:
        try:
            texts[path] = files.read(path)
        except UnreadableFileError:
            continue
    return texts


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it needs; empty for what is not installed."""
    python = f"{platform.python_version()} ({platform.python_implementation()} on {platform.system()})"
    found = {"python": python, PACKAGE: _version(PACKAGE)}
    try:
        needed = requires(PACKAGE) or []
    except PackageNotFoundError:
        needed = []
    names = {match[0] for line in needed if "extra ==" not in line and (match := re.match(r"[\w.-]+", line))}
    return found | {name: _version(name) for name in sorted(names)}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _settings(project: Project) -> Iterator[Setting]:
    """The settings in force, with the lines of the project file where it makes them."""
    for setting in settings_in_force(project):
        yield Setting(setting.name, setting.value, _source(project, setting.place))


def _source(project: Project, place: Span | None) -> str:
    if place is None:
        return "default"
    return f"{shown_path(project.document)}:{project.lines.position(place.start).line + 1}"


def _documents(explained: Iterable[ExplainedFile], skipped: Iterable[str]) -> dict[str, int]:
    counts = Counter(one.kind.split(", ")[0] or ("unreadable" if one.is_unreadable else "not MFO") for one in explained)
    counts["left out"] += sum(1 for _ in skipped)
    return {
        name: counts[name] for name in (*(kind.value for kind in DocumentKind), "not MFO", "unreadable", "left out")
    }


def _unusual(
    collected: Collected, explained: Iterable[ExplainedFile], findings: Iterable[Finding], texts: dict[str, str]
) -> Iterator[str]:
    if BEST_ENGINE is Engine.PURE:
        yield "YAML is read in pure Python, which is slow: install ruamel.yaml.clib"
    for name, found in versions().items():
        if not found:
            yield f"{name} is not installed"
    for problem in collected.problems:
        yield f"{shown_path(problem.path)}: {problem.reason}"
    for one in explained:
        if one.is_unreadable:
            yield f"{shown_path(one.path)}: {one.reason}"
    for path, text in texts.items():
        if len(text) > _LARGE:
            yield f"{shown_path(path)}: a large file, {len(text) // 1024} thousand characters"
    if not any(one.kind for one in explained):
        yield "there is no MFO document here"
    for finding in findings:
        if finding.code in {_INVALID_PROJECT, INTERNAL_ERROR}:
            yield f"{shown_path(finding.place.document)}: {finding.message}"
