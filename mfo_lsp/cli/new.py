"""``mfo-lsp new``: a bundle to start from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfo_dialect.suggestions import did_you_mean
from mfo_lsp.cli.output import reason_of, shown_path, write_stdout
from mfo_workspace.files import DiskFiles, UnreadableFileError
from mfo_workspace.text_report import printable
from mfo_workspace.writing import ChangedText, UnwritableFileError, write_texts

if TYPE_CHECKING:
    from mfo_lsp.scaffolds import Scaffold

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_NAME = 64


@click.command("new")
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--template", metavar="NAME", default="minimal", show_default=True, help="Which bundle to start from.")
@click.option("--name", metavar="NAME", help="The name of the flow; by default as the directory is called.")
@click.option("--list", "is_list", is_flag=True, help="List the templates, and do nothing else.")
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
def new_command(directory: str, template: str, name: str | None, *, is_list: bool, force: bool) -> None:
    """Make a bundle to start from in DIR, the current directory by default: a flow that checks clean and runs.

    All files are written, or none. The exit status is 2 where none is.
    """
    from mfo_lsp.scaffolds import SCAFFOLDS, render  # noqa: PLC0415 - the other commands start without jinja2

    if is_list:
        width = max(len(scaffold.name) for scaffold in SCAFFOLDS)
        write_stdout("".join(f"{scaffold.name.ljust(width)}  {scaffold.summary}\n" for scaffold in SCAFFOLDS))
        return
    scaffold = next((one for one in SCAFFOLDS if one.name == template), None)
    if scaffold is None:
        names = [one.name for one in SCAFFOLDS]
        advice = did_you_mean(template, names) or f"; there are {', '.join(names[:-1])} and {names[-1]}"
        raise click.UsageError(f'there is no template "{template}"{advice}')
    folder = _absolute(directory)
    texts = render(scaffold, _checked(name) if name is not None else _name_of(folder, scaffold))
    changes = list(_changes(folder, texts, force=force))
    _write(folder, changes)
    write_stdout(_words(directory, folder, scaffold, changes))


def _absolute(directory: str) -> Path:
    try:
        folder = Path(directory).resolve()
        if folder.exists() and not folder.is_dir():
            raise click.ClickException(f"{directory}: this is a file; name a directory")
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(
            f"{printable(directory)}: no such directory can be made: {reason_of(error)}"
        ) from None
    return folder


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise click.UsageError(
            f'"{printable(name)}" is no name for a flow: it starts with a letter or "_", goes on with letters, digits, '
            f'"_" and "-", and has at most {_MAX_NAME} of them'
        )
    return name


def _name_of(folder: Path, scaffold: Scaffold) -> str:
    """The directory's name as an identifier; the template's own where nothing of it can be one."""
    name = _NO_NAME.sub("_", folder.name).strip("_-")[:_MAX_NAME]
    return name if _NAME.fullmatch(name) else scaffold.flow_name


def _changes(folder: Path, texts: dict[str, str], *, force: bool) -> Iterator[ChangedText]:
    """What is to be written; files that hold it already are left out.

    Raises:
        click.ClickException: files are there that hold something else, or that are none.
    """
    files = DiskFiles()
    in_the_way: list[str] = []
    for name, text in texts.items():
        path = (folder / name).as_posix()
        try:
            before = files.read(path) if (folder / name).exists() else None
        except UnreadableFileError as error:
            raise click.ClickException(f"{printable(shown_path(path))}: {error.reason}; nothing was written") from None
        if before is not None and before != text and not force:
            in_the_way.append(printable(shown_path(path)))
        if before != text:
            yield ChangedText(path, before, text)
    if in_the_way:
        are = "is" if len(in_the_way) == 1 else "are"
        raise click.ClickException(
            f"{', '.join(in_the_way)} {are} there already; nothing was written (--force overwrites)"
        )


def _write(folder: Path, changes: list[ChangedText]) -> None:
    """Write all or nothing; of directories that were made for nothing, none stays."""
    made: list[Path] = []
    try:
        for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
            missing.mkdir()
            made.append(missing)
        write_texts(changes)
    except (OSError, UnwritableFileError) as error:
        for one in reversed(made):
            with suppress(OSError):
                one.rmdir()
        reason = error.reason if isinstance(error, UnwritableFileError) else reason_of(error)
        where = error.path if isinstance(error, UnwritableFileError) else folder.as_posix()
        raise click.ClickException(f"{printable(shown_path(where))}: {reason}; nothing was written") from None


def _words(directory: str, folder: Path, scaffold: Scaffold, changes: list[ChangedText]) -> str:
    """What was made, and what to do next."""
    shown = printable(shown_path(folder.as_posix()))
    written = {Path(change.path).name for change in changes}
    width = max(map(len, scaffold.files))
    listed = "".join(f"  {file.ljust(width)}  {told}\n" for file, told in scaffold.files.items() if file in written)
    enter = [] if folder == Path.cwd() else [f"  cd {_quoted(directory)}\n"]
    steps = [*enter, "  mfo-lsp check\n", "  mfo run workflow_definition.yml --inputs inputs.yml\n"]
    made = f"Made in {shown}:\n{listed}" if changes else f"Everything is in {shown} already.\n"
    return f"{made}\nNext:\n{''.join(steps)}"


def _quoted(directory: str) -> str:
    return directory if re.fullmatch(r"[\w./~+-]+", directory) else f'"{printable(directory)}"'
