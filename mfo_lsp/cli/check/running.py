"""One run of ``check``: collect, check, write, and say how it ends."""

from __future__ import annotations

from mfo_lsp.cli.check.baselines import leave_known_out
from mfo_lsp.cli.check.caching import cache_for, shows_hints
from mfo_lsp.cli.check.collecting import STDIN, Collected, collect
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.status import exit_status
from mfo_lsp.cli.check.writing import tell, tell_problems, write_reports
from mfo_lsp.cli.output import shown_path
from mfo_workspace.checked import CheckedFiles
from mfo_workspace.checking_on_disk import check_on_disk
from mfo_workspace.files import UnreadableFileError
from mfo_workspace.outcome import CheckOutcome


def run_check(options: CheckOptions) -> int:
    """Do what was asked for; the process's exit status comes out."""
    if options.mends:
        from mfo_lsp.cli.check.fixing import run_fixes  # noqa: PLC0415 - loaded when it is wanted

        return run_fixes(options)
    if STDIN in options.paths:
        from mfo_lsp.cli.check.standard_input import with_stdin  # noqa: PLC0415 - loaded when it is wanted
        from mfo_workspace.checking import check_files  # noqa: PLC0415 - as above

        collected, files, names = with_stdin(options)
        return finish(collected, check_files(collected.wanted.items(), files, options.rule_settings), options, names)
    collected = collect(options.paths or (".",))
    cache, mere_hints = cache_for(options), shows_hints(options)
    checked = check_on_disk(collected.wanted.items(), options.rule_settings, cache, mere_hints=mere_hints)
    return finish(collected, checked, options)


def finish(
    collected: Collected,
    checked: CheckedFiles,
    options: CheckOptions,
    names: dict[str, str] | None = None,
    *,
    aside: bool = False,
) -> int:
    """Write what was found and say what could not be read; the exit status comes out.

    Args:
        collected: what was to be checked.
        checked: what was found.
        options: what was asked for.
        names: how a reader knows documents whose paths are not their names.
        aside: whether the report goes to standard error, because standard output takes something else.
    """
    problems: list[UnreadableFileError] = [*collected.problems, *checked.unreadable]
    findings = leave_known_out(collected, checked, options)
    outcome = CheckOutcome(
        findings,
        _Names(names or {}),
        checked.lines,
        checked.file_count,
    )
    unwritten = write_reports(outcome, options, aside=aside)
    tell_problems(problems)
    if not outcome.file_count and not problems:
        tell(["there is no MFO document among these files"])
    return exit_status(outcome, len(problems) + unwritten, options)


class _Names(dict[str, str]):
    """How a reader knows documents; worked out when it is asked for, as most documents are never spoken of."""

    def __missing__(self, document: str) -> str:
        """A path's name."""
        name = self[document] = shown_path(document)
        return name
