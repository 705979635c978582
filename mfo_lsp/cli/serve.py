"""Serving an editor: the one module of the command line that starts the language server."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from mfo_lsp.server import serving

LOOPBACK = "127.0.0.1"


def serve_stdio() -> None:
    """Serve the client at the standard streams, and end the process as the protocol says."""
    sys.exit(serving.serve_stdio())


def serve_tcp(host: str = LOOPBACK, port: int = 0) -> None:
    """Serve TCP clients until the last has left, and end the process; port 0 stands for any free one.

    Raises:
        click.ClickException: it cannot listen there.
    """
    _listen(serving.serve_tcp, host, port)


def serve_ws(host: str = LOOPBACK, port: int = 0) -> None:
    """Serve WebSocket clients; as ``serve_tcp`` otherwise."""
    _listen(serving.serve_ws, host, port)


def _listen(serve: Callable[[str, int, serving.Announce], int], host: str, port: int) -> None:
    try:
        status = serve(host, port, lambda address: click.echo(f"mfo-lsp: listening on {address}", err=True))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from None
    sys.exit(status)
