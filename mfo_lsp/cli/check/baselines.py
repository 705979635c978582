"""Findings that a baseline knows: left out of what is reported, said to be there, and written anew on demand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfo_dialect.findings import Finding, Severity
from mfo_lsp.cli.check.collecting import Collected
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.writing import tell
from mfo_lsp.cli.output import shown_path, write_file
from mfo_workspace.checked import CheckedFiles
from mfo_workspace.files import DiskFiles, UnreadableFileError

if TYPE_CHECKING:
    from mfo_workspace.baselines import Held

_MOST_SHOWN = 5


class UnreadableBaselineError(click.ClickException):
    """A baseline that cannot be read; without it there is no telling what is new."""


def leave_known_out(collected: Collected, checked: CheckedFiles, options: CheckOptions) -> tuple[Finding, ...]:
    """The findings that no baseline knows, in their order; what was left out, and what is stale, is told.

    Raises:
        click.UsageError: a baseline is to be written or used, and there is none.
        click.ClickException: a baseline cannot be read or written.
    """
    if not (options.baseline or options.update_baseline or checked.baselines):
        return checked.findings
    held = _hold(collected, checked, options)
    if options.update_baseline:
        if not held and not options.baseline and collected.wanted:
            raise click.UsageError('--update-baseline needs --baseline FILE, or "baseline" in the project file')
        for one in held:
            _write(one)
        held = _hold(collected, checked, options)
    for one in held:
        tell(_told(one))
    known = {id(finding) for one in held for finding in one.known}
    return tuple(finding for finding in checked.findings if id(finding) not in known)


def known_findings(collected: Collected, checked: CheckedFiles, options: CheckOptions) -> tuple[Finding, ...]:
    """The findings that a baseline knows; raises as ``leave_known_out`` does, and tells nothing."""
    if not (options.baseline or checked.baselines):
        return ()
    return tuple(finding for held in _hold(collected, checked, options) for finding in held.known)


def _hold(collected: Collected, checked: CheckedFiles, options: CheckOptions) -> tuple[Held, ...]:
    from mfo_workspace.baselines import Looked, hold_findings  # noqa: PLC0415 - loads the rules

    files = DiskFiles()
    named = _absolute(options.baseline) if options.baseline else ""
    if named and not options.update_baseline and not files.exists(named):
        raise click.UsageError(f"there is no baseline {options.baseline}; --update-baseline writes one")
    try:
        return hold_findings(Looked(checked, collected.wanted, files, options.rule_settings), named)
    except UnreadableFileError as error:
        place = f":{error.line}:{error.column}" if error.line else ""
        raise UnreadableBaselineError(f"{shown_path(error.path)}{place}: {error.reason}") from None


def _absolute(path: str) -> str:
    try:
        return Path(path).resolve().as_posix()
    except (OSError, ValueError, RuntimeError):
        raise click.UsageError(f"{path!r} is no name of a file") from None


def _write(held: Held) -> None:
    name, count = shown_path(held.path), sum(held.after.values())
    if held.after == held.before and not held.is_missing:
        tell([f"{name}: up to date, with {_counted(count)}"])
        return
    write_file(name, held.text)
    came = sum(max(0, count - held.before.get(entry, 0)) for entry, count in held.after.items())
    went = sum(max(0, count - held.after.get(entry, 0)) for entry, count in held.before.items())
    tell([f"{name}: written with {_counted(count)}; {came} came, {went} went"])


def _told(held: Held) -> Iterator[str]:
    name = shown_path(held.path)
    if held.is_missing:
        yield f"{name}: the project file names this baseline, and it is not there; --update-baseline writes it"
    if held.known:
        errors = sum(finding.severity is Severity.ERROR for finding in held.known)
        still = f"; {_counted(errors, 'error')} among them still keep flows from running" if errors else ""
        yield f"{name}: {_counted(len(held.known))} left out, as known{still}"
    yield from _stale(name, held)


def _stale(name: str, held: Held) -> Iterator[str]:
    for entry in sorted(held.stale)[:_MOST_SHOWN]:
        where = f"{entry.node} of {entry.file}" if entry.node else entry.file
        times = f", {held.stale[entry]} of {held.before[entry]}" if held.before[entry] > 1 else ""
        yield f"{name}: stale: {entry.rule} in {where}{times}"
    if held.stale:
        more = len(held.stale) - _MOST_SHOWN
        others = f", {more} more than are shown" if more > 0 else ""
        verb = "is" if len(held.stale) == 1 else "are"
        entries = "entry" if len(held.stale) == 1 else "entries"
        yield f"{name}: {len(held.stale)} {entries} {verb} stale{others}; --update-baseline takes them out"


def _counted(count: int, word: str = "finding") -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
