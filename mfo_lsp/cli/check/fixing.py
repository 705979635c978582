"""``check --fix`` and ``check --diff``: mend files, or show what mending them would change."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Fix, Severity
from mfo_dialect.model.rule_settings import RuleSettings
from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import DEFAULT
from mfo_dialect.rules.suppressing import suppress_here
from mfo_lsp.cli.check.baselines import known_findings
from mfo_lsp.cli.check.collecting import STDIN, Collected, collect
from mfo_lsp.cli.check.fix_words import counted
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.running import finish
from mfo_lsp.cli.check.standard_input import stdin_bytes, stdin_path, with_stdin
from mfo_lsp.cli.check.status import CLEAN, FINDINGS, TROUBLE
from mfo_lsp.cli.check.writing import tell, tell_problems
from mfo_lsp.cli.output import shown_path, write_stdout
from mfo_workspace.checking import check_files
from mfo_workspace.diffs import diff_of
from mfo_workspace.files import DiskFiles, Files
from mfo_workspace.fixable import chosen_fix
from mfo_workspace.fixing.trying import Check
from mfo_workspace.fixing_files import FixedFiles, FixPolicy, PatchedFiles, fix_files, keep_in_memory
from mfo_workspace.writing import encoded, write_texts


@dataclass(frozen=True)
class _Input:
    """What is to be mended, where it comes from, and how a reader knows it; ``data`` is what standard input held."""

    collected: Collected
    files: Files
    names: dict[str, str]
    data: bytes | None = None


def run_fixes(options: CheckOptions) -> int:
    """Mend, or show what would be mended; the process's exit status comes out."""
    given = _input(options)
    checked = check_files(given.collected.wanted.items(), given.files, options.rule_settings)
    known = {_name(finding) for finding in known_findings(given.collected, checked, options)}
    fixed = fix_files(checked.findings, given.collected.wanted, given.files, _policy(options, known))
    if options.diff:
        tell_problems([*given.collected.problems, *checked.unreadable])
        _tell_refusals(fixed, given.names)
        _show(fixed, given.names, options)
        if given.collected.problems or checked.unreadable:
            return TROUBLE
        return FINDINGS if fixed.changes and not options.exit_zero else CLEAN
    patched = PatchedFiles(given.files, {path: change.after for path, change in fixed.changes.items()})
    if given.data is not None:
        _write_stdin(patched, given, options)
    elif fixed.changes:
        given = _input(options)  # documents may have come
    left = check_files(given.collected.wanted.items(), patched, options.rule_settings) if fixed.changes else checked
    status = finish(given.collected, left, options, given.names, aside=given.data is not None)
    _tell_refusals(fixed, given.names)
    _tell_mended(fixed, options, "ignored" if options.add_ignores else "mended")
    tell(f"{shown_path(error.path)}: {error.reason}" for error in fixed.unwritable)
    return TROUBLE if fixed.unwritable else status


def _input(options: CheckOptions) -> _Input:
    if STDIN not in options.paths:
        return _Input(collect(options.paths or (".",)), DiskFiles(), {})
    data = stdin_bytes()
    return _Input(*with_stdin(options, data=data), data)


def _name(finding: Finding) -> tuple[str, str, str]:
    """What a finding is known by while its place moves."""
    return (finding.place.document, finding.code, finding.message)


def _policy(options: CheckOptions, known: Collection[tuple[str, str, str]]) -> FixPolicy:
    """What is mended: what is reported. What judges the fixes: all that is on by itself, besides."""
    asked = options.rule_settings
    choose = partial(chosen_fix, unsafe=options.unsafe_fixes)
    is_stdin = STDIN in options.paths
    if is_stdin:
        choose = partial(_within, stdin_path(options.stdin_filename), options.unsafe_fixes)
    offered = partial(check, rules=RULES, asked=asked)
    if options.add_ignores:
        offered = partial(_ignorable, offered, options.hints)
    judging = RuleSettings((*asked.select, DEFAULT) if asked.select else (), asked.ignore, asked.severities)
    return FixPolicy(
        choose,
        is_wanted=lambda finding: _name(finding) not in known,
        check=partial(check, rules=RULES, asked=judging),
        offered=offered if asked.select or options.add_ignores else None,
        write=keep_in_memory if options.diff or is_stdin else write_texts,
    )


def _ignorable(offered: Check, hints: bool, bundle: Bundle) -> list[Finding]:  # noqa: FBT001 - given once, above
    """The findings, each with the comment that suppresses it as its fix; hints where they are shown."""
    wanted = (finding for finding in offered(bundle) if hints or finding.severity is not Severity.HINT)
    found: list[Finding] = []
    for finding in wanted:
        source = bundle.sources.get(finding.place.document)
        fix = suppress_here(finding, source) if source is not None else None
        found.append(replace(finding, fixes=(replace(fix, safe=True),) if fix is not None else ()))
    return found


def _within(document: str, unsafe: bool, finding: Finding) -> Fix | None:  # noqa: FBT001 - given once, above
    """The fix to apply where only one document can be written."""
    fix = chosen_fix(finding, unsafe=unsafe)
    return fix if fix is not None and all(edit.place.document == document for edit in fix.edits) else None


def _write_stdin(files: Files, given: _Input, options: CheckOptions) -> None:
    """The mended text to standard output, in the encoding in which it came; nothing where it cannot be read."""
    path = stdin_path(options.stdin_filename)
    if path in given.collected.wanted and given.data is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(encoded(files.read(path), given.data))
        sys.stdout.buffer.flush()


def _show(fixed: FixedFiles, names: dict[str, str], options: CheckOptions) -> None:
    if not options.quiet:
        diffs = (diff_of(fixed.changes[path], names.get(path) or shown_path(path)) for path in sorted(fixed.changes))
        write_stdout("".join(diffs))
    _tell_mended(fixed, options, f"would be {'ignored' if options.add_ignores else 'mended'}")


def _tell_refusals(fixed: FixedFiles, names: dict[str, str]) -> None:
    tell(_refusals(fixed, names))


def _refusals(fixed: FixedFiles, names: dict[str, str]) -> Iterable[str]:
    for one in fixed.refused:
        document = one.finding.place.document
        where = f"{names.get(document) or shown_path(document)}:{one.start.line + 1}:{one.start.column + 1}"
        yield f"{where}: {one.finding.code} is not mended ({one.fix.title}): {one.reason}"


def _tell_mended(fixed: FixedFiles, options: CheckOptions, verb: str) -> None:
    if fixed.mended and not options.quiet:
        tell([f"{counted(len(fixed.mended))} {verb} in {counted(len(fixed.changes), 'file')}"])
