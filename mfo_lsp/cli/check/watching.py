"""``check --watch``: check again whenever a file changes; only what a change can have touched is checked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

import click
from watchfiles import Change, DefaultFilter, watch

from mfo_dialect.file_names import PROJECT_FILES, is_markdown
from mfo_lsp.cli.check.baselines import UnreadableBaselineError
from mfo_lsp.cli.check.collecting import Collected, collect
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.running import finish
from mfo_lsp.cli.check.status import CLEAN
from mfo_lsp.cli.check.writing import tell
from mfo_lsp.cli.output import is_terminal, shown_path
from mfo_workspace.checked import CheckedFiles
from mfo_workspace.checking_on_disk import check_on_disk
from mfo_workspace.files import DiskFiles
from mfo_workspace.projects import find_project, project_root
from mfo_workspace.remembering import RememberedChecks
from mfo_workspace.walking import is_yaml

_LOOKED_AT = frozenset({*PROJECT_FILES, ".gitignore"})
_UNFINISHED = ".tmp"
_GATHERED, _QUIET, _IDLE = 400, 50, 1_000
"""Milliseconds: how long changes are gathered at most, how long none may come before, and how often nothing is said."""


def watch_files(options: CheckOptions) -> int:
    """Check until interrupted; the exit status is then 0, whatever was found.

    Raises:
        click.ClickException: nothing can be watched, or standard output cannot be written.
    """
    rounds = _Rounds(options)
    try:
        rounds.check()
        _say_watching(rounds.roots)
        is_new = True
        for changes in _changes(rounds.roots, filter_for(options)):
            if changes or is_new:  # what changed before the watch began is looked for once
                rounds.check(is_asked=bool(changes))
            is_new = is_new and bool(changes)
    except KeyboardInterrupt:
        return CLEAN
    return CLEAN


class _Rounds:
    """Check after check of the same paths; remembers what was found."""

    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        self._memory = RememberedChecks()
        self._paths = options.paths or (".",)
        self._last: object = None
        self.roots = _roots(self._paths)

    def check(self, *, is_asked: bool = True) -> None:
        """Check and report; where nothing was asked for, only if anything has changed."""
        collected = collect(self._paths)
        checked = check_on_disk(collected.wanted.items(), self._options.rule_settings, self._memory)
        found = _comparable(collected, checked)
        if not is_asked and found == self._last:
            return
        self._last = found
        if is_terminal() and not self._options.quiet:
            click.clear()
        try:
            finish(collected, checked, self._options)
        except UnreadableBaselineError as error:
            tell([error.format_message()])


def _comparable(collected: Collected, checked: CheckedFiles) -> object:
    problems = [str(problem) for problem in (*collected.problems, *checked.unreadable)]
    return checked.findings, checked.file_count, problems


def _roots(paths: Iterable[str]) -> list[Path]:
    """The directories to watch: those named, those of files that were named, and those of their project files."""
    found: set[Path] = set()
    for path in paths:
        try:
            absolute = Path(path).resolve()
            directory = absolute if absolute.is_dir() else absolute.parent
        except (OSError, ValueError, RuntimeError):
            continue
        project = find_project(directory.as_posix(), DiskFiles())
        found |= {
            folder for folder in (directory, Path(project_root(project, directory.as_posix()))) if folder.is_dir()
        }
    return sorted(one for one in found if not any(other in one.parents for other in found))


def filter_for(options: CheckOptions) -> Callable[[Change, str], bool]:
    """Tells of changes whether they can change what is found: not those of our own reports."""
    common = DefaultFilter()
    own = {str(Path(output.path).resolve()) for output in options.output}

    def matters(change: Change, path: str) -> bool:
        name = PurePath(path).name
        was_directory = change is Change.deleted and not name.endswith(_UNFINISHED)
        new_directory = change is Change.added and Path(path).is_dir()  # its files may have come before it was watched
        looked_at = (
            is_yaml(path)
            or is_markdown(path)
            or name in _LOOKED_AT
            or "baseline" in name
            or was_directory
            or new_directory
        )
        return looked_at and path not in own and common(change, path)

    return matters


def _changes(roots: list[Path], matters: Callable[[Change, str], bool]) -> Iterable[set[tuple[Change, str]]]:
    """Changes as they come; an empty set where none has come for a while."""
    if not roots:
        raise click.ClickException("there is no directory to watch")
    try:
        yield from watch(
            *roots,
            watch_filter=matters,
            debounce=_GATHERED,
            step=_QUIET,
            rust_timeout=_IDLE,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
    except OSError as error:
        raise click.ClickException(f"the files cannot be watched: {error}") from None


def _say_watching(roots: list[Path]) -> None:
    tell([f"watching {', '.join(shown_path(str(root)) for root in roots)}; Ctrl-C ends it"] if roots else [])
