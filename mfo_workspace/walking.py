"""Which files a command speaks of: directories are walked as git would walk them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

YAML_SUFFIXES = (".yml", ".yaml")
_NEVER_ENTERED = frozenset(
    {".git", ".hg", ".svn", ".mfo", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache"}
)
_MAX_DEPTH = 64


def is_yaml(path: str) -> bool:
    """Whether a path's name says that it is YAML."""
    return path.lower().endswith(YAML_SUFFIXES)


def walk_yaml(root: Path, depth: int = 0, ignored: tuple[tuple[Path, GitIgnoreSpec], ...] = ()) -> Iterator[Path]:
    """The YAML files below a directory in sorted order; hidden directories and what ``.gitignore`` names are left out.

    Symbolic links to directories are not followed.
    """
    ignored = (*ignored, *_ignore_rules(root))
    try:
        entries = sorted(root.iterdir())
    except OSError:
        return
    for entry in entries:
        is_directory = entry.is_dir()
        if _is_ignored(entry, ignored, is_directory=is_directory):
            continue
        if not is_directory:
            if is_yaml(entry.name):
                yield entry
        elif depth < _MAX_DEPTH and entry.name not in _NEVER_ENTERED and not entry.is_symlink():
            yield from walk_yaml(entry, depth + 1, ignored)


def _ignore_rules(root: Path) -> Iterator[tuple[Path, GitIgnoreSpec]]:
    try:
        lines = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    yield root, GitIgnoreSpec.from_lines(lines)


def _is_ignored(entry: Path, ignored: tuple[tuple[Path, GitIgnoreSpec], ...], *, is_directory: bool) -> bool:
    for root, rules in reversed(ignored):
        relative = entry.relative_to(root).as_posix() + ("/" if is_directory else "")
        verdict = rules.check_file(relative).include
        if verdict is not None:
            return verdict
    return False
