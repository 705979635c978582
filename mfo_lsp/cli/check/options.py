"""What can be asked of ``check``: an option is one entry of ``OPTIONS`` and one field of ``CheckOptions``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mfo_dialect.findings import SEVERITIES
from mfo_dialect.model.rule_settings import RuleSettings
from mfo_dialect.records import record
from mfo_lsp.cli.check.outputs import Output, complete_outputs, read_outputs
from mfo_lsp.cli.rule_arguments import complete_selectors, complete_severities, read_selectors, read_severities
from mfo_lsp.reports import FORMATS

FAIL_LEVELS = (*(word for word in SEVERITIES if word != "off"), "never")


@record
class CheckOptions:
    """What was asked for; the fields are named as click names the options.

    Attributes:
        paths: files and directories as written, ``-`` for standard input; none stands for the current directory.
        format_name: how findings are written to standard output.
        output: reports to write to files besides.
        select: what is to run and nothing else.
        ignore: what is not to run.
        severity: severities to set.
        fail_level: the lightest severity that makes the command fail, or ``never``.
        exit_zero: whether findings leave the exit status at 0.
        hints: whether hints are shown to people too.
        statistics: whether findings are counted by rule.
        quiet: whether standard output stays empty.
        no_cache: whether nothing is taken from earlier runs, nor kept for later ones.
        cache_dir: the folder of what earlier runs found; None for the usual one.
        colour: ``auto``, ``always`` or ``never``.
        stdin_filename: the file that standard input is taken for.
        explain_files: whether files are explained instead of checked.
        watch: whether to go on checking as files change.
        fix: whether files are mended.
        unsafe_fixes: whether fixes that a person should look at are among those that are applied, or counted.
        diff: whether to show what would be mended instead.
        add_ignores: whether comments that suppress the findings are written instead of fixes.
        baseline: the file of known findings; that of the project file where it is None.
        update_baseline: whether all that is found becomes known.
    """

    paths: tuple[str, ...] = ()
    format_name: str = "text"
    output: tuple[Output, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    fail_level: str = "warning"
    exit_zero: bool = False
    hints: bool = False
    statistics: bool = False
    quiet: bool = False
    no_cache: bool = False
    cache_dir: str | None = None
    colour: str = "auto"
    stdin_filename: str | None = None
    explain_files: bool = False
    watch: bool = False
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    add_ignores: bool = False
    baseline: str | None = None
    update_baseline: bool = False

    @property
    def mends(self) -> bool:
        """Whether documents are changed, or shown as they would be."""
        return self.fix or self.diff or self.add_ignores

    @property
    def rule_settings(self) -> RuleSettings:
        """What is asked of rules on top of the project files."""
        return RuleSettings(self.select, self.ignore, self.severity)


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

OPTIONS: tuple[Decorator, ...] = (
    click.argument("paths", nargs=-1, type=click.Path(readable=False)),
    click.option(
        "--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", help="How findings are written."
    ),
    click.option(
        "--output",
        multiple=True,
        callback=read_outputs,
        shell_complete=complete_outputs,
        metavar="FORMAT=FILE",
        help="Write a report to a file besides; may be given several times.",
    ),
    click.option(
        "--select",
        multiple=True,
        callback=read_selectors,
        shell_complete=complete_selectors,
        metavar="RULES",
        help="Which rules run, and no others: codes, names, families (MFO4), tags, default, all; with commas between them.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        callback=read_selectors,
        shell_complete=complete_selectors,
        metavar="RULES",
        help="Which rules do not run, written in the same way.",
    ),
    click.option(
        "--severity",
        multiple=True,
        callback=read_severities,
        shell_complete=complete_severities,
        metavar="RULE=LEVEL",
        help=f"How much the findings of a rule weigh: {', '.join(SEVERITIES)}; with commas between them.",
    ),
    click.option(
        "--fail-level",
        type=click.Choice(FAIL_LEVELS, case_sensitive=False),
        default="warning",
        show_default=True,
        help="The lightest severity that makes the exit status 1.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found, as with --fail-level never."),
    click.option("--hints", is_flag=True, help="Show hints in the formats text and concise too."),
    click.option("--statistics", is_flag=True, help="Count the findings by rule; with --format json beside them."),
    click.option("-q", "--quiet", is_flag=True, help="Write nothing to standard output."),
    click.option("--no-cache", is_flag=True, help="Check everything anew, and keep nothing for the next run."),
    click.option(
        "--cache-dir",
        metavar="FOLDER",
        type=click.Path(readable=False),
        help="Where it is kept what was found; by default .mfo/cache beside the project file, or MFO_CACHE_DIR.",
    ),
    click.option(
        "--color",
        "colour",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        show_default=True,
        help="Whether text is coloured; auto follows NO_COLOR, FORCE_COLOR and the terminal.",
    ),
    click.option(
        "--stdin-filename",
        metavar="FILE",
        type=click.Path(readable=False),
        help="The file that standard input, named as -, stands for.",
    ),
    click.option(
        "--explain-files", is_flag=True, help="Say what each file is taken for, and why, instead of checking."
    ),
    click.option("--watch", is_flag=True, help="Check again whenever a file changes, until interrupted."),
    click.option("--fix", is_flag=True, help="Apply the safe fixes, then report what is left."),
    click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that a person should look at."),
    click.option("--diff", is_flag=True, help="Show what --fix would change as diffs, and change nothing."),
    click.option(
        "--add-ignores", is_flag=True, help="Write a comment that suppresses each finding; with --diff, show them."
    ),
    click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(readable=False),
        help="Leave out the findings that this file knows, instead of the file that the project file names.",
    ),
    click.option(
        "--update-baseline",
        is_flag=True,
        help="Make all findings known: write the baseline anew, without its stale entries.",
    ),
)


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all of ``OPTIONS``, in their order."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def make_options(said: dict[str, Any]) -> CheckOptions:
    """What click read, as one value.

    Raises:
        click.UsageError: options that do not go together.
    """
    options = CheckOptions(**said)
    reads_stdin = "-" in options.paths
    if options.stdin_filename is not None and not reads_stdin:
        raise click.UsageError("--stdin-filename goes with -, which stands for standard input")
    if options.stdin_filename is not None and not options.stdin_filename.strip():
        raise click.UsageError("--stdin-filename needs the name of a file")
    if options.statistics and options.format_name not in {"text", "concise", "json"}:
        raise click.UsageError("--statistics goes with the formats text, concise and json")
    if options.watch and (reads_stdin or options.explain_files):
        raise click.UsageError(f"--watch does not go with {'standard input' if reads_stdin else '--explain-files'}")
    if options.baseline is not None and not options.baseline.strip():
        raise click.UsageError("--baseline needs the name of a file")
    if options.update_baseline and (reads_stdin or options.watch):
        raise click.UsageError(f"--update-baseline does not go with {'standard input' if reads_stdin else '--watch'}")
    if options.mends:
        _refuse_beside_fixing(options)
    if options.explain_files:
        _refuse_beside_explaining(options)
    files = [output.path for output in options.output]
    if twice := next((file for file in files if files.count(file) > 1), None):
        raise click.UsageError(f"two reports would be written to {twice}")
    return options


def _refuse_beside_fixing(options: CheckOptions) -> None:
    name = "--diff" if options.diff else "--add-ignores" if options.add_ignores else "--fix"
    if options.add_ignores and (options.fix or options.unsafe_fixes):
        raise click.UsageError(
            "--add-ignores does not go with --fix and --unsafe-fixes: mend first, then ignore the rest"
        )
    if options.watch or options.explain_files or options.update_baseline:
        other = "--watch" if options.watch else "--explain-files" if options.explain_files else "--update-baseline"
        raise click.UsageError(f"{name} does not go with {other}")
    if "-" in options.paths and len(options.paths) > 1:
        raise click.UsageError(f"{name} mends either standard input or files: leave out one of them")
    if options.diff and (options.output or options.statistics or options.format_name != "text"):
        raise click.UsageError("--diff writes diffs and no reports: leave out --format, --output and --statistics")


def _refuse_beside_explaining(options: CheckOptions) -> None:
    if options.output or options.statistics or options.update_baseline:
        raise click.UsageError("--explain-files finds nothing: leave out --output, --statistics and --update-baseline")
    if options.format_name not in {"text", "json"}:
        raise click.UsageError("--explain-files goes with the formats text and json")
