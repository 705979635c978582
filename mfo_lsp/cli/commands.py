"""The command line of ``mfo-lsp``: which commands there are, and how a mistake in using them is told."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import PurePath

import click

from mfo_workspace.lazy_group import LazyGroup

COMMANDS = {
    name: f"mfo_lsp.cli.{name}" for name in ("check", "doctor", "explain", "format", "graph", "new", "rules", "schema")
}
MISUSE = 2
INTERRUPTED = 130


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="mfo-lsp", prog_name="mfo-lsp")
@click.option("--stdio", is_flag=True, hidden=True, help="Serve on stdio; what happens without arguments too.")
@click.pass_context
def group(context: click.Context, *, stdio: bool) -> None:
    """Tools for people who write MFO workflows. Without a command: serve an editor on stdio."""
    if context.invoked_subcommand is None or stdio:
        context.invoke(serve_command, tcp=None, ws=None, trace=None, stdio=True)


@group.command("serve")
@click.option("--tcp", metavar="HOST:PORT", help="Serve one client at a TCP address instead of stdio.")
@click.option("--ws", metavar="HOST:PORT", help="Serve WebSocket clients instead of stdio.")
@click.option(
    "--trace",
    metavar="FILE",
    help="Write a line of JSON for each answer to a keystroke, with its milliseconds by phase; - for standard error.",
)
@click.option("--stdio", is_flag=True, hidden=True, help="Serve on stdio; what happens without options too.")
def serve_command(tcp: str | None, ws: str | None, trace: str | None, *, stdio: bool) -> None:
    """Serve an editor: on stdio, or at a TCP or WebSocket address."""
    from mfo_lsp.cli import serve  # noqa: PLC0415 - the other commands start without the server

    if sum((bool(tcp), bool(ws), stdio)) > 1:
        raise click.UsageError("choose one of --stdio, --tcp and --ws")
    if tcp:
        serve.serve_tcp(*_address(tcp), trace)
    elif ws:
        serve.serve_ws(*_address(ws), trace)
    else:
        serve.serve_stdio(trace)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the last port
        raise click.UsageError(f'"{text}" is no address; write HOST:PORT, such as 127.0.0.1:2087')
    return (host if colon and host else "127.0.0.1"), int(port)


def main() -> None:
    """Run the command line; the exit status is 0, 1 for findings, or 2 for misuse and for a defect of ours."""
    try:
        status = group.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"mfo-lsp: {' '.join(error.format_message().split())}", err=True)
        sys.exit(MISUSE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered has no reader
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the fence: no traceback reaches a person
        click.echo(f"mfo-lsp: internal error: {_summary(error)}; please report it with what you ran", err=True)
        sys.exit(MISUSE)
    gc.freeze()  # nothing is looked through for garbage on the way out
    sys.exit(status if isinstance(status, int) else 0)


def _summary(error: Exception) -> str:
    """What broke and where, in one line; no words of the error, which may quote a document."""
    import traceback  # noqa: PLC0415 - few runs break

    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].name}, {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
