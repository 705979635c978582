"""The command itself."""

from __future__ import annotations

from pathlib import Path

import click

from mfo_lsp.cli.output import write_stdout


@click.command("doctor")
@click.argument("directory", type=click.Path(readable=False), default=".")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def doctor_command(directory: str, *, as_json: bool) -> None:
    """Tell of this installation, and of what it finds in DIRECTORY: settings, documents, timings, what is unusual.

    No value of the environment is shown, only which variables are set.
    """
    from mfo_lsp.cli.doctor.examining import examine  # noqa: PLC0415 - loads the checker
    from mfo_lsp.cli.doctor.showing import as_data, as_text  # noqa: PLC0415 - as above

    try:
        root = Path(directory).resolve()
        is_directory = root.is_dir()
    except (OSError, ValueError, RuntimeError):
        raise click.UsageError(f"{directory!r} is no name of a directory") from None
    if not is_directory:
        raise click.UsageError(f"{directory}: there is no such directory")
    diagnosis = examine(root)
    write_stdout(as_data(diagnosis) if as_json else as_text(diagnosis))
