"""The command line of ``mfo``: which commands there are, and how a mistake in using them is told."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback

import click

from mfo_runtime.cli.output import quiet_logs, say, shown_path, tell_as
from mfo_runtime.errors import FlowRefusedError, MfoError, Place, ServerError, redact
from mfo_workspace.lazy_group import LazyGroup

FAILED = 1
MISUSE = 2
INTERRUPTED = 130


SUMMARIES = {
    "answer": "Answer what TASK of RUN asks; mfo status shows the questions that are open.",
    "cancel": 'Stop RUN: an id, its beginning, or "last".',
    "doctor": "Say what a set-up has and lacks: versions, settings, secrets, logins, journal, disk, server, clock, token.",
    "login": "Log in at an MFO server, and keep its token for later commands.",
    "logout": "Forget the token that login kept for a server; one that login made is revoked first.",
    "resume": 'Go on with RUN, which failed, was stopped or broke off: an id, its beginning, or "last".',
    "run": "Run the workflow in FILE, or go on with a run of it.",
    "runs": "List the runs of a project, the newest first.",
    "server": "Serve the MFO server that is built in, until it is interrupted.",
    "show": 'Show what happened in RUN: an id, its beginning, or "last".',
    "status": "Show the workers and queues that share a database, how long runs wait, and what waits for an answer.",
    "submit": "Put a run of the workflow in FILE on a queue and print its id; mfo worker executes it.",
    "test": "Run the tests of flows in PATHS: *.test.yml files, or folders with such; the current folder by default.",
    "tokens": "List, make and revoke API tokens; without a command: list them.",
    "triggers": "Run the flows in PATHS when their triggers fire, until it is interrupted.",
    "users": "Say who can log in at the local server; without a command: list them.",
    "worker": "Execute the runs that mfo submit has put on a queue, beside any number of other workers.",
}
"""What ``mfo --help`` says of each command, without loading it: the first sentence of its own help."""

COMMANDS = {name: f"mfo_runtime.cli.{name}" for name in SUMMARIES}


@click.group(
    cls=LazyGroup, modules=COMMANDS, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="mfo-lsp", prog_name="mfo")
def group() -> None:
    """Run MFO workflows, and serve the MFO server that is built in."""


def main() -> None:
    """Run the command line.

    The exit status is 0, 1 for a run that failed or was refused and for what a server refuses, 2 for misuse and for
    defects of this program, or 130 where it was interrupted. ``MFO_DEBUG=1`` shows where an unexpected error comes from.
    """
    quiet_logs()
    tell_as(None)
    try:
        status = group.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        sys.exit(MISUSE)
    except click.ClickException as error:
        say(f"mfo: {' '.join(error.format_message().split())}")
        sys.exit(MISUSE)
    except MfoError as error:
        say(f"mfo: {_one_line(error)}")
        sys.exit(FAILED if isinstance(error, FlowRefusedError | ServerError) else MISUSE)
    except (click.Abort, KeyboardInterrupt):
        say("mfo: interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _let_go_of_stdout()
        sys.exit(FAILED)
    except Exception as error:  # noqa: BLE001 - the fence: no traceback reaches a user who did not ask for it
        if os.environ.get("MFO_DEBUG"):
            traceback.print_exc()
        say(f"mfo: an unexpected error, a defect of mfo itself: {type(error).__name__}: {redact(str(error))}")
        say("  Set MFO_DEBUG=1 to see where it comes from, and please report it.")
        sys.exit(MISUSE)
    sys.exit(status if isinstance(status, int) else 0)


def _one_line(error: MfoError) -> str:
    place = error.place
    where = f"{shown_path(place.file)}:{place.line}:{place.column}: " if isinstance(place, Place) else ""
    hint = f"\n  {error.hint}" if error.hint else ""
    return f"{where}{error.message}{hint}"


def _let_go_of_stdout() -> None:
    """Nobody reads any more: what is still to be written goes nowhere, without a word about it at exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
            os.dup2(nowhere, stream.fileno())
