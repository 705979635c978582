"""Serving an editor: the one module of the command line that starts the language server."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from mfo_lsp.server import serving
from mfo_lsp.server.trace import Sink, open_sink

LOOPBACK = "127.0.0.1"


def serve_stdio(trace: str | None = None) -> None:
    """Serve the client at the standard streams, and end the process as the protocol says.

    Args:
        trace: the file that is told where the time of each keystroke goes; ``-`` is the standard error stream.

    Raises:
        click.ClickException: that file cannot be written.
    """
    sys.exit(serving.serve_stdio(_sink(trace)))


def _sink(trace: str | None) -> Sink | None:
    try:
        return open_sink(trace) if trace is not None else None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.ClickException(f'cannot write "{trace}": {reason}') from None


def serve_tcp(host: str = LOOPBACK, port: int = 0, trace: str | None = None) -> None:
    """Serve TCP clients until the last has left, and end the process; port 0 stands for any free one.

    Raises:
        click.ClickException: it cannot listen there.
    """
    _listen(serving.serve_tcp, host, port, trace)


def serve_ws(host: str = LOOPBACK, port: int = 0, trace: str | None = None) -> None:
    """Serve WebSocket clients; as ``serve_tcp`` otherwise."""
    _listen(serving.serve_ws, host, port, trace)


def _listen(
    serve: Callable[[str, int, serving.Announce, Sink | None], int], host: str, port: int, trace: str | None
) -> None:
    sink = _sink(trace)
    try:
        status = serve(host, port, lambda address: click.echo(f"mfo-lsp: listening on {address}", err=True), sink)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from None
    sys.exit(status)
