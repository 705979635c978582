"""The keyring of the system, where the package ``keyring`` is installed and finds one; whatever fails there is told as one error."""

from __future__ import annotations

import importlib.util
from collections.abc import Generator
from contextlib import contextmanager

from mfo_runtime.errors import InvalidInputError

INSTALL_HINT = "Install the package keyring."
_ELSEWHERE = "Start the keyring of the system, or use a file or the environment."


class KeyringUnusableError(InvalidInputError):
    """The keyring is not there, is locked, or failed; the message says which, and no value."""


def is_installed() -> bool:
    """Whether the package is there; whether it finds a keyring, only asking tells."""
    return importlib.util.find_spec("keyring") is not None


def name_of_keyring() -> str:
    """What keyring it is, such as ``SecretService Keyring``.

    Raises:
        KeyringUnusableError: there is none.
    """
    with _told():
        import keyring  # noqa: PLC0415 - an extra, and slow to import
        from keyring.backends import fail, null  # noqa: PLC0415 - as above

        found = keyring.get_keyring()
        if isinstance(found, fail.Keyring | null.Keyring):
            raise KeyringUnusableError("No keyring is in use here.", hint=_ELSEWHERE)
        return str(found.name)


def read_keyring(service: str, user: str) -> str | None:
    """The text that is kept for a user of a service; None for none.

    Raises:
        KeyringUnusableError: the keyring cannot be read.
    """
    with _told():
        import keyring  # noqa: PLC0415 - an extra, and slow to import

        return keyring.get_password(service, user)


def write_keyring(service: str, user: str, text: str) -> None:
    """Keep a text; afterwards it can be read back.

    Raises:
        KeyringUnusableError: it cannot be kept.
    """
    name_of_keyring()
    with _told():
        import keyring  # noqa: PLC0415 - an extra, and slow to import

        keyring.set_password(service, user, text)
        if keyring.get_password(service, user) != text:
            raise KeyringUnusableError("The keyring does not keep what it is given.", hint=_ELSEWHERE)


def erase_keyring(service: str, user: str) -> None:
    """Keep nothing any more for a user of a service; nothing happens where there is nothing.

    Raises:
        KeyringUnusableError: the keyring cannot be changed.
    """
    with _told():
        import keyring  # noqa: PLC0415 - an extra, and slow to import

        if keyring.get_password(service, user) is not None:
            keyring.delete_password(service, user)


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except KeyringUnusableError:
        raise
    except ImportError:
        raise KeyringUnusableError("The package keyring is not installed.", hint=INSTALL_HINT) from None
    except Exception as error:  # noqa: BLE001 - each keyring has errors of its own
        raise KeyringUnusableError(
            f"The keyring cannot be used ({type(error).__name__}).", hint="Unlock it, or use a file or the environment."
        ) from None
