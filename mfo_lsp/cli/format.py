"""``mfo-lsp format``: the white space of documents laid out in one way."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import click

from mfo_dialect.analysis.bundle import Source, read_source
from mfo_dialect.file_names import is_markdown
from mfo_dialect.model.kinds import has_our_name
from mfo_dialect.text import apply_edits
from mfo_lsp.cli.check.collecting import collect
from mfo_lsp.cli.output import shown_path, write_stdout
from mfo_workspace.bundles import load_bundle
from mfo_workspace.diffs import diff_of
from mfo_workspace.files import MAX_BYTES, DiskFiles, UnreadableFileError, decode
from mfo_workspace.text_report import printable
from mfo_workspace.writing import ChangedText, UnwritableFileError, encoded, write_texts

CHANGES = 1
FAILED = 2
STANDARD_INPUT = "-"


@dataclass
class _Outcome:
    """What became of the files: those whose text changes, and a line for each that was left alone for a reason."""

    changes: list[ChangedText] = field(default_factory=list[ChangedText])
    problems: list[str] = field(default_factory=list[str])
    count: int = 0

    def status(self, *, is_asked: bool) -> int:
        """The exit status; ``is_asked`` where it was only asked what would change."""
        if self.problems:
            return FAILED
        return CHANGES if is_asked and self.changes else 0


@click.command("format")
@click.argument("paths", nargs=-1, type=click.Path(readable=False))
@click.option("--check", "is_check", is_flag=True, help="Write nothing; list the files that would change.")
@click.option("--diff", "is_diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what comes from standard input, with the path -.")
def format_command(paths: tuple[str, ...], stdin_filename: str | None, *, is_check: bool, is_diff: bool) -> int:
    """Lay out MFO documents in place; PATHS are files and directories, the current directory by default.

    Only white space between words changes, never what a document says. With the path -, standard input is laid out to
    standard output. The exit status is 0, with --check and --diff 1 where something would change, and 2 where a file
    was left alone because it cannot be read or written.
    """
    if STANDARD_INPUT in paths and len(paths) > 1:
        raise click.UsageError("standard input cannot be laid out together with files")
    is_asked = is_check or is_diff
    if paths == (STANDARD_INPUT,):
        outcome = _format_stdin(stdin_filename or "<stdin>", writes=not is_asked)
    else:
        outcome = _format_files(paths or (".",))
        if not is_asked:
            _write(outcome)
    _tell(outcome, is_check=is_check, is_diff=is_diff, is_stdin=paths == (STANDARD_INPUT,))
    return outcome.status(is_asked=is_asked)


def _format_files(paths: Iterable[str]) -> _Outcome:
    collected = collect(paths)
    outcome = _Outcome(problems=[_told(problem) for problem in collected.problems])
    for source in _sources(collected.wanted.items(), outcome):
        _format(source, shown_path(source.key), outcome)
    return outcome


def _sources(wanted: Iterable[tuple[str, bool]], outcome: _Outcome) -> Iterator[Source]:
    """The MFO documents among files, but for those that the project file excludes."""
    files = DiskFiles()
    by_directory: defaultdict[str, list[str]] = defaultdict(list)
    for path, named in wanted:
        if is_markdown(path):  # only YAML is laid out
            continue
        try:
            files.read(path)
        except UnreadableFileError as error:
            if named or has_our_name(PurePosixPath(path).name):
                outcome.problems.append(_told(error))
        else:
            by_directory[str(PurePosixPath(path).parent)].append(path)
    for directory, paths in by_directory.items():
        sources = load_bundle(directory, files, paths).sources
        yield from (sources[path] for path in paths if path in sources and sources[path].is_ours)


def _format(source: Source, name: str, outcome: _Outcome) -> str:
    """The text as it is to be."""
    from mfo_lsp.features.formatting import format_tree  # noqa: PLC0415 - the other commands start without it

    outcome.count += 1
    formatting = format_tree(source.tree)
    if formatting.refusal:
        line, column = source.tree.lines.position(formatting.offset)
        place = f"{printable(name)}:{line + 1}:{column + 1}"
        outcome.problems.append(f"{place}: {formatting.refusal}; the document is left as it is")
    after = apply_edits(source.text, formatting.edits)
    if after != source.text:
        outcome.changes.append(ChangedText(source.key, source.text, after))
    return after


def _format_stdin(name: str, *, writes: bool) -> _Outcome:
    """Lay out standard input; what cannot be read comes out as it went in."""
    outcome = _Outcome()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    written = data
    try:
        text = decode(name, data)
    except UnreadableFileError as error:
        outcome.problems.append(_told(error))
    else:
        source = read_source(Path(name).as_posix(), text)
        if source.is_ours:
            written = encoded(_format(source, name, outcome), data)
    if writes and len(data) <= MAX_BYTES:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    return outcome


def _write(outcome: _Outcome) -> None:
    written: list[ChangedText] = []
    for change in outcome.changes:
        try:
            write_texts([change])
        except UnwritableFileError as error:
            outcome.problems.append(f"{printable(shown_path(error.path))}: {error.reason}")
        else:
            written.append(change)
    outcome.changes = written


def _tell(outcome: _Outcome, *, is_check: bool, is_diff: bool, is_stdin: bool) -> None:
    for change in outcome.changes:
        name = change.path if is_stdin else shown_path(change.path)
        if is_diff:
            write_stdout(diff_of(change, name))
        elif is_check or not is_stdin:
            write_stdout(f"{'would format' if is_check else 'formatted'} {printable(name)}\n")
    for problem in outcome.problems:
        click.echo(f"mfo-lsp: {problem}", err=True)
    if not outcome.count and not outcome.problems:
        click.echo("mfo-lsp: there is no MFO document among these files", err=True)


def _told(problem: UnreadableFileError) -> str:
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    return f"{printable(shown_path(problem.path))}{place}: {problem.reason}"
