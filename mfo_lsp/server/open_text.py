"""An open document's text, kept by us and changed as the protocol's notifications say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from mfo_dialect.text import EditedText, Encoding, LineIndex, Position, Span, TextEdit


@dataclass(frozen=True, slots=True)
class TextChange:
    """One change of a notification; it speaks of the text after the one before it.

    Attributes:
        range: from where to where, in the client's columns; None where all of the text is replaced.
        text: what stands there now.
    """

    range: tuple[Position, Position] | None
    text: str


@dataclass(frozen=True, slots=True)
class ChangedDocument:
    """The params of ``textDocument/didChange``."""

    uri: str
    version: int
    changes: tuple[TextChange, ...]


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """The params of ``textDocument/didOpen``."""

    uri: str
    version: int
    text: str


def read_opened_document(params: Any) -> OpenedDocument:
    """The params of ``textDocument/didOpen`` from plain values; read by hand, as nothing may delay the first answer.

    Raises:
        TypeError, KeyError, AttributeError: they are not as the protocol says.
    """
    item = params["textDocument"]
    return OpenedDocument(_of_type(str, item["uri"]), _of_type(int, item["version"]), _of_type(str, item["text"]))


def read_changed_document(params: Any) -> ChangedDocument:
    """The params of ``textDocument/didChange`` from plain values; read by hand, as every keystroke sends them.

    Raises:
        TypeError, KeyError, AttributeError: they are not as the protocol says.
    """
    document = params["textDocument"]
    changes = tuple(map(_read_change, params["contentChanges"]))
    return ChangedDocument(_of_type(str, document["uri"]), _of_type(int, document["version"]), changes)


def _read_change(change: Any) -> TextChange:
    range_ = change.get("range")
    places = (_read_position(range_["start"]), _read_position(range_["end"])) if range_ is not None else None
    return TextChange(places, _of_type(str, change["text"]))


def _read_position(position: Any) -> Position:
    return Position(_of_type(int, position["line"]), _of_type(int, position["character"]))


def _of_type(type_: type[Any], value: Any) -> Any:
    if not isinstance(value, type_):
        raise TypeError(type(value).__name__)
    return value


class OpenText:
    """An open document as it is now. Other threads may read it.

    Attributes:
        uri: as the client writes it.
        version: the client's number.
    """

    __slots__ = ("_edited", "_lock", "uri", "version")

    def __init__(self, uri: str, version: int, text: str) -> None:
        """Open a document with a text."""
        self.uri = uri
        self.version = version
        self._edited = EditedText(text)
        self._lock = Lock()

    @property
    def text(self) -> str:
        """All of it."""
        with self._lock:
            return self._edited.text

    @property
    def length(self) -> int:
        """The number of code points in it."""
        return self._edited.lines.length

    @property
    def lines(self) -> LineIndex:
        """Its lines, as they are at any time; for the event loop's thread alone."""
        return self._edited.lines

    def change(self, version: int, changes: Iterable[TextChange], encoding: Encoding) -> tuple[TextEdit, ...]:
        """Change it; gives the edits that were made, of which each speaks of the text after the one before it.

        Args:
            version: its number from now on.
            changes: as the client told them.
            encoding: how the columns of their ranges are counted.
        """
        self.version = version
        with self._lock:
            return tuple([self._applied(change, encoding) for change in changes])

    def _applied(self, change: TextChange, encoding: Encoding) -> TextEdit:
        if change.range is None:
            edit = self._edited.edit_to(change.text)
        else:
            start, end = (self._edited.lines.offset(position, encoding) for position in change.range)
            edit = TextEdit(Span(min(start, end), max(start, end)), change.text)
        self._edited.apply(edit)
        return edit
