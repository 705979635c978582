"""Sockets that listen, and the addresses by which clients reach them."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from mfo_runtime.server.failures import SettingsError

_BACKLOG = 512
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server is and how to be let in; ``token`` never stands in its repr."""

    url: str
    token: str

    def __repr__(self) -> str:
        """The address without its token."""
        return f"ServerAddress({self.url})"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; its protocol is named, as asyncio sends small packets at once only where it is.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SettingsError(f"{host} port {port}: cannot be listened on ({error})") from error
    return listener


def url_of(listener: socket.socket, host: str) -> str:
    """The address by which clients of this machine reach a socket that listens at ``host``."""
    port = listener.getsockname()[1]
    host = _ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
