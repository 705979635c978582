"""Which files a command speaks of: directories are walked as git would walk them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from pathspec import GitIgnoreSpec

YAML_SUFFIXES = (".yml", ".yaml")
_NEVER_ENTERED = frozenset(
    {".git", ".hg", ".svn", ".mfo", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache"}
)
_MAX_DEPTH = 64


def is_yaml(path: str) -> bool:
    """Whether a path's name says that it is YAML."""
    return path.lower().endswith(YAML_SUFFIXES)


Rules: TypeAlias = tuple[tuple[Path, GitIgnoreSpec], ...]
Unreadable: TypeAlias = Callable[[Path], None]


def walk_yaml(root: Path, unreadable: Unreadable = lambda _: None) -> Iterator[Path]:
    """The YAML files below a directory, sorted, but for what git would ignore there.

    The rules of ``.gitignore`` files below the directory count, and those above it up to the repository's top, unless
    they name the directory itself. Symbolic links to directories are not followed; caches and environments are not
    entered.

    Args:
        root: an absolute directory.
        unreadable: told of each directory that cannot be listed.
    """
    rules = _rules_above(root)
    return _walk(root, 0, () if _is_ignored(root, rules, is_directory=True) else rules, unreadable)


def _walk(directory: Path, depth: int, rules: Rules, unreadable: Unreadable) -> Iterator[Path]:
    rules = (*rules, *_rules_in(directory, directory / ".gitignore"))
    try:
        with os.scandir(directory) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        unreadable(directory)
        return
    for entry in entries:
        path, is_directory = directory / entry.name, _is_directory(entry)
        if _is_ignored(path, rules, is_directory=is_directory):
            continue
        if not is_directory:
            if is_yaml(entry.name):
                yield path
        elif depth < _MAX_DEPTH and entry.name not in _NEVER_ENTERED and not entry.is_symlink():
            yield from _walk(path, depth + 1, rules, unreadable)


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
    inner = (found for folder in reversed(above) for found in _rules_in(folder, folder / ".gitignore"))
    return (*_rules_in(top, top / ".git" / "info" / "exclude"), *inner)


def _is_top(folder: Path) -> bool:
    try:
        return (folder / ".git").exists()
    except OSError:
        return False


def _rules_in(folder: Path, file: Path) -> Iterator[tuple[Path, GitIgnoreSpec]]:
    try:
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return
    yield folder, GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    """Whether a line can be read; git, too, passes over one that cannot."""
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


def _is_ignored(path: Path, rules: Rules, *, is_directory: bool) -> bool:
    for root, spec in reversed(rules):
        relative = path.relative_to(root).as_posix() + ("/" if is_directory else "")
        verdict = spec.check_file(relative).include
        if verdict is not None:
            return verdict
    return False
