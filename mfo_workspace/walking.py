"""Which files a command speaks of: directories are walked as git would walk them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mfo_dialect.file_names import PROJECT_FILES
from mfo_dialect.records import record

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

YAML_SUFFIXES = (".yml", ".yaml")
_NEVER_ENTERED = frozenset(
    {".git", ".hg", ".svn", ".mfo", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache"}
)
_OF_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})
_MAX_DEPTH = 64
_IGNORE_FILE = ".gitignore"


def is_yaml(path: str) -> bool:
    """Whether a path's name says that it is YAML."""
    return path.lower().endswith(YAML_SUFFIXES)


Rules: TypeAlias = "tuple[tuple[str, GitIgnoreSpec], ...]"
Unreadable: TypeAlias = Callable[[Path], None]
Skipped: TypeAlias = Callable[[str, str], None]


def walk_yaml(
    root: Path,
    unreadable: Unreadable = lambda _: None,
    skipped: Skipped | None = None,
    projects: Callable[[str], None] = lambda _: None,
) -> Iterator[str]:
    """The YAML files below a directory, but for what git would ignore there: full paths, written with ``/``, sorted.

    The rules of ``.gitignore`` files below the directory count, and those above it up to the repository's top, unless
    they name the directory itself. Symbolic links to directories are not followed; caches and environments are not
    entered.

    Args:
        root: an absolute directory.
        unreadable: told of each directory that cannot be listed.
        skipped: told of each YAML file that is left out and each directory that is not entered, with the reason.
        projects: told of each directory that has a project file.
    """
    rules = _rules_above(root)
    top = root.as_posix()
    is_ignored = bool(rules) and _is_ignored(top, rules, is_directory=True)
    return _walk(top, 0, () if is_ignored else rules, _Told(unreadable, skipped, projects))


@record
class _Told:
    """Who is told of what."""

    unreadable: Unreadable
    skipped: Skipped | None
    projects: Callable[[str], None]


def _walk(directory: str, depth: int, rules: Rules, told: _Told) -> Iterator[str]:
    try:
        with os.scandir(directory) as listing:
            entries = sorted(listing, key=_name)
    except OSError:
        told.unreadable(Path(directory))
        return
    if any(entry.name == _IGNORE_FILE for entry in entries):
        rules = (*rules, *_rules_in(directory, Path(directory) / _IGNORE_FILE))
    prefix = directory if directory.endswith("/") else f"{directory}/"
    for entry in entries:
        name, path, is_directory = entry.name, prefix + entry.name, _is_directory(entry)
        if rules and _is_ignored(path, rules, is_directory=is_directory):
            if told.skipped is not None and (is_directory or is_yaml(name)):
                told.skipped(path, _why_ignored(path, rules, is_directory=is_directory))
            continue
        if not is_directory:
            if is_yaml(name):
                yield path
            elif name in PROJECT_FILES:
                told.projects(directory)
        elif depth < _MAX_DEPTH and name not in _NEVER_ENTERED and not entry.is_symlink():
            yield from _walk(path, depth + 1, rules, told)
        elif told.skipped is not None and name not in _OF_VERSION_CONTROL:
            told.skipped(
                path, "a link to a directory, not followed" if entry.is_symlink() else "a directory not entered"
            )


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _rules_above(root: Path) -> Rules:
    """The rules of the directories above, from the repository's top down; none outside a repository."""
    above: list[Path] = []
    for folder in root.parents if not _is_top(root) else ():
        above.append(folder)
        if _is_top(folder):
            break
    else:
        above = []
    top = above[-1] if above else root
    inner = (found for folder in reversed(above) for found in _rules_in(folder.as_posix(), folder / _IGNORE_FILE))
    return (*_rules_in(top.as_posix(), top / ".git" / "info" / "exclude"), *inner)


def _is_top(folder: Path) -> bool:
    try:
        return (folder / ".git").exists()
    except OSError:
        return False


def _rules_in(folder: str, file: Path) -> Iterator[tuple[str, GitIgnoreSpec]]:
    try:
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return
    written = [line for line in lines if line.strip() and not line.startswith("#")]
    if not written:
        return
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - slow to import, and not every directory has rules

    yield folder, GitIgnoreSpec.from_lines([line for line in written if _is_pattern(line, GitIgnoreSpec)])


def _is_pattern(line: str, spec: type[GitIgnoreSpec]) -> bool:
    """Whether a line can be read; git, too, passes over one that cannot."""
    try:
        spec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


def _is_ignored(path: str, rules: Rules, *, is_directory: bool) -> bool:
    for root, spec in reversed(rules):
        relative = path[len(root.rstrip("/")) + 1 :] + ("/" if is_directory else "")
        verdict = spec.check_file(relative).include
        if verdict is not None:
            return verdict
    return False


def _why_ignored(path: str, rules: Rules, *, is_directory: bool) -> str:
    """Which pattern of which directory makes git ignore a path."""
    for root, spec in reversed(rules):
        relative = path[len(root.rstrip("/")) + 1 :] + ("/" if is_directory else "")
        verdict = spec.check_file(relative)
        if verdict.include and verdict.index is not None:
            pattern: object = getattr(list(spec.patterns)[verdict.index], "pattern", "")
            return f"ignored by git: the pattern {pattern} in {root}"
    return "ignored by git"
