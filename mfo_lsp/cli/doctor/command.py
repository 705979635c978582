"""The command itself."""

from __future__ import annotations

from pathlib import Path

import click

from mfo_lsp.cli.output import write_stdout


@click.command("doctor")
@click.argument("directory", type=click.Path(readable=False), default=".")
@click.option(
    "--profile",
    metavar="FILE",
    type=click.Path(readable=False),
    help="Tell instead where the time of a keystroke in a document goes, as an editor would meet it.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def doctor_command(directory: str, profile: str | None, *, as_json: bool) -> None:
    """Tell of this installation, and of what it finds in DIRECTORY: settings, documents, timings, what is unusual.

    No value of the environment is shown, only which variables are set.
    """
    if profile is not None:
        _profile(profile, as_json=as_json)
        return
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


def _profile(file: str, *, as_json: bool) -> None:
    from mfo_lsp.cli.doctor.profiling import profile_keystrokes  # noqa: PLC0415 - loads the server
    from mfo_lsp.cli.doctor.showing import profile_as_data, profile_as_text  # noqa: PLC0415 - as above

    try:
        profile = profile_keystrokes(Path(file).resolve())
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror or 'the server gives no answer'}") from None
    except (UnicodeError, LookupError) as error:
        reason = error.args[0] if isinstance(error, LookupError) else "it is no text in UTF-8"
        raise click.UsageError(f"{file}: {reason}") from None
    write_stdout(profile_as_data(profile) if as_json else profile_as_text(profile))
