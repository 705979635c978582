"""``mfo-lsp serve``: the language server, which this module alone of the command line imports, and only to serve."""

from __future__ import annotations

import sys

import click

LOOPBACK = "127.0.0.1"
_ADDRESS = "HOST:PORT"


def serve(tcp: tuple[str, int] | None = None, ws: tuple[str, int] | None = None) -> int:
    """Serve until the client has left; without an address, over the standard streams.

    Args:
        tcp: where to listen for TCP clients.
        ws: where to listen for WebSocket clients.

    Returns:
        The status that the process is to end with.

    Raises:
        OSError: it cannot listen there.
    """
    from mfo_lsp.server import serving  # noqa: PLC0415 - costs 0.3 s, which no other command is to pay

    if tcp is not None:
        return serving.serve_tcp(*tcp, _announce)
    return serving.serve_ws(*ws, _announce) if ws is not None else serving.serve_stdio()


def serve_stdio() -> None:
    """Serve over the standard streams, and end the process."""
    sys.exit(serve())


def _announce(address: str) -> None:
    click.echo(f"mfo-lsp: listening on {address}", err=True)


def _read_address(_context: click.Context, parameter: click.Parameter, said: str | None) -> tuple[str, int] | None:
    """``HOST:PORT``, ``PORT`` alone, or an IPv6 address in brackets before the port."""
    if said is None:
        return None
    host, _, port = said.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the highest port
        raise click.BadParameter(f'"{said}" is no {_ADDRESS}', param=parameter)
    return (host.removeprefix("[").removesuffix("]") or LOOPBACK), int(port)


@click.command("serve")
@click.option("--stdio", is_flag=True, help="Serve over the standard streams (the default).")
@click.option("--tcp", metavar=_ADDRESS, callback=_read_address, help="Listen for TCP clients; 127.0.0.1 by default.")
@click.option("--ws", metavar=_ADDRESS, callback=_read_address, help="Listen for WebSocket clients, as --tcp.")
def serve_command(*, stdio: bool, tcp: tuple[str, int] | None, ws: tuple[str, int] | None) -> int:
    """Serve an editor by the Language Server Protocol."""
    if sum((stdio, tcp is not None, ws is not None)) > 1:
        raise click.UsageError("choose one of --stdio, --tcp and --ws")
    try:
        return serve(tcp, ws)
    except OSError as error:
        raise click.ClickException(f"cannot listen there: {(error.strerror or str(error)).lower()}") from None
