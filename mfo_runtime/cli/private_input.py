"""Passwords and tokens that a person or a pipe gives: never on the command line, where every program of the machine can read them."""

from __future__ import annotations

import sys

import click

from mfo_runtime.errors import InvalidInputError

_LONGEST = 64 * 1024


def line_of_stdin(what: str) -> str:
    """The first line of stdin without its end.

    Args:
        what: what messages call it.

    Raises:
        InvalidInputError: there is none, or it is no text.
    """
    try:
        text = sys.stdin.buffer.readline(_LONGEST).decode("utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        text = ""
    if not text.strip():
        raise InvalidInputError(f"There is no {what} on stdin.", hint=f"Write the {what} into a pipe, as one line.")
    return text


def asked_password(*, from_stdin: bool, is_new: bool = False) -> str:
    """A password: a line of stdin, or what is typed at the terminal without being shown; a new one twice.

    Raises:
        InvalidInputError: nobody can be asked, or nothing comes in.
    """
    if from_stdin:
        return line_of_stdin("password")
    _need_terminal("the password", "--password-stdin")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=is_new, err=True))


def asked_email() -> str:
    """Who logs in, as typed at the terminal.

    Raises:
        InvalidInputError: nobody can be asked.
    """
    _need_terminal("the address", "--email ADDRESS")
    return str(click.prompt("Email", err=True)).strip()


def _need_terminal(what: str, option: str) -> None:
    if not sys.stdin.isatty():
        raise InvalidInputError(f"Nobody can be asked for {what}: there is no terminal.", hint=f"Give {option}.")
