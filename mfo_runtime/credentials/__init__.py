"""What a login brought, kept for later commands: in the keyring, else in a file that only its owner can read.

It knows no server and no client: addresses and tokens are texts to it.
"""

from mfo_runtime.credentials.keychain import KeyringUnusableError, name_of_keyring, read_keyring
from mfo_runtime.credentials.logins import KeptLogin, Logins, Place

__all__ = ["KeptLogin", "KeyringUnusableError", "Logins", "Place", "name_of_keyring", "read_keyring"]
