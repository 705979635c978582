"""The command line of ``mfo``: which commands there are, and how a mistake in using them is told."""

from __future__ import annotations

import sys

import click

from mfo_runtime.cli.run import run_command
from mfo_runtime.cli.server import server_command
from mfo_runtime.errors import MfoError

MISUSE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mfo-lsp", prog_name="mfo")
def group() -> None:
    """Run MFO workflows, and serve the MFO server that is built in."""


group.add_command(run_command)
group.add_command(server_command)


def main() -> None:
    """Run the command line; the exit status is 0, 1 for a run that failed or was refused, or 2 for misuse."""
    try:
        status = group.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"mfo: {error.format_message()}", err=True)
        sys.exit(MISUSE)
    except MfoError as error:
        click.echo(f"mfo: {error}", err=True)
        if error.hint:
            click.echo(f"  {error.hint}", err=True)
        sys.exit(MISUSE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)
