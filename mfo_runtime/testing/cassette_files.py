"""Cassettes on disk."""

from __future__ import annotations

import os
from pathlib import Path

from mfo_runtime.cassettes import Cassette, CassetteError, is_cassette, read_cassette, written_cassette
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.loading import absolute_path, readable_text
from mfo_workspace.files import DiskFiles, UnreadableFileError
from mfo_workspace.writing import ChangedText, UnwritableFileError, write_texts


def read_cassette_file(path: str) -> Cassette:
    """The cassette that a file holds.

    Raises:
        InvalidInputError: it cannot be read, or is no cassette.
    """
    try:
        return read_cassette(readable_text(path, absolute_path(path), DiskFiles()))
    except CassetteError as error:
        raise InvalidInputError(f"{path}: {error}", hint="") from None


def check_replaceable(path: str) -> None:
    """Make sure, before anything runs, that a cassette can be written there, and that nothing else is lost by it.

    Raises:
        InvalidInputError: there is no such folder, or another kind of file.
    """
    absolute = Path(absolute_path(path))
    if absolute.is_dir() or not os.access(absolute.parent, os.W_OK):
        raise InvalidInputError(
            f"The cassette {path} cannot be written there.", hint="Name a file in a folder of yours."
        )
    if absolute.exists():
        text = readable_text(path, absolute.as_posix(), DiskFiles())
        if text.strip() and not is_cassette(text):
            raise InvalidInputError(
                f"{path} is no cassette, and is not written over.", hint="Name another file, or remove this one."
            )


def write_cassette_file(path: str, cassette: Cassette) -> None:
    """Write a cassette as a whole, over the one that was there.

    Raises:
        InvalidInputError: it cannot be written.
    """
    absolute = absolute_path(path)
    try:
        before = DiskFiles().read(absolute) if DiskFiles().exists(absolute) else None
        write_texts([ChangedText(absolute, before, written_cassette(cassette))])
    except (UnwritableFileError, UnreadableFileError) as error:
        raise InvalidInputError(f"The cassette {path} cannot be written: {error.reason}.", hint="") from None
