"""The tests of flows as an editor sees them: files on the disk with the open texts over them, and where each test stands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfo_dialect.model.kinds import is_flow_test
from mfo_dialect.text import LineIndex, Span
from mfo_lsp.server.convert import is_file, path_key, to_range
from mfo_lsp.server.host import Server
from mfo_lsp.server.overlay import OverlaidFiles

if TYPE_CHECKING:
    from mfo_runtime.errors import Place
    from mfo_runtime.testing.test_files import FlowTest

_MOST_FILES = 2000


@dataclass(frozen=True, slots=True)
class FileOfTests:
    """A file with tests.

    Attributes:
        key: the key of its text.
        tests: its tests, in order; empty for a file that is wrong.
        problem: what is wrong with it, and where; None for nothing.
    """

    key: str
    tests: tuple[FlowTest, ...] = ()
    problem: tuple[str, Span, LineIndex] | None = None


def is_test_document(key: str) -> bool:
    """Whether a text holds tests of flows, by its name."""
    return is_file(key) and is_flow_test(key.rpartition("/")[2])


async def find_tests(server: Server, key: str | None) -> list[FileOfTests]:
    """The tests of one file, or of all files of the workspace's folders and of those that are open; two thousand files at most.

    Args:
        server: whose workspace it is.
        key: the file; None for all.
    """
    files = server.session.files.still()
    if key is not None:
        return await asyncio.to_thread(read_tests, files, [key])
    opened = [name for name in server.session.open_texts if is_test_document(name)]
    return await asyncio.to_thread(_all_tests, files, server.session.folders, opened)


def _all_tests(files: OverlaidFiles, folders: Iterable[str], opened: Iterable[str]) -> list[FileOfTests]:
    from mfo_runtime.testing.test_files import find_test_files  # noqa: PLC0415 - the running side is for those who run

    there = tuple(folder for folder in folders if Path(folder).is_dir())
    found = (path_key(path) for path in find_test_files(there))
    return read_tests(files, islice(dict.fromkeys([*opened, *found]), _MOST_FILES))


def read_tests(files: OverlaidFiles, keys: Iterable[str]) -> list[FileOfTests]:
    """The tests of files, each with what is wrong with it."""
    return [_read(files, key) for key in keys]


def _read(files: OverlaidFiles, key: str) -> FileOfTests:
    from mfo_runtime.errors import InvalidInputError, Place  # noqa: PLC0415 - as above
    from mfo_runtime.testing.test_files import read_test_file  # noqa: PLC0415 - as above

    try:
        return FileOfTests(key, read_test_file(key, files))
    except InvalidInputError as error:
        place = error.place if isinstance(error.place, Place) else None
        lines = LineIndex(files.read(key) if place is not None else "")
        return FileOfTests(key, problem=(error.message, _span(place, lines), lines))


def place_data(server: Server, place: Place, lines: LineIndex) -> dict[str, Any]:
    """From a place to the end of its line, as the client counts."""
    return server.protocol.plain(to_range(lines, _span(place, lines), server.session.encoding))


def file_data(server: Server, file: FileOfTests) -> dict[str, Any]:
    """A file of tests as ``mfo/tests`` tells of it."""
    session = server.session
    tests = [
        {
            "test": number,
            "name": test.name,
            "range": server.protocol.plain(to_range(test.lines, test.node.span, session.encoding)),
        }
        for number, test in enumerate(file.tests)
    ]
    return {"uri": session.uri(file.key), "tests": tests, "problem": problem_data(server, file)}


def problem_data(server: Server, file: FileOfTests) -> dict[str, Any] | None:
    """What is wrong with a file: ``message`` and ``range``; None for nothing."""
    if file.problem is None:
        return None
    message, span, lines = file.problem
    return {"message": message, "range": server.protocol.plain(to_range(lines, span, server.session.encoding))}


def _span(place: Place | None, lines: LineIndex) -> Span:
    if place is None or place.line > lines.line_count:
        return Span(0, 0)
    start = lines.line_start(place.line - 1)
    text = lines.line_text(place.line - 1)
    return Span(start + min(place.column - 1, len(text)), start + len(text))
