"""Where the blocks of a text begin: the items and keys of its block collections, told by their indentation alone.

A collection is divided only where its lines leave no doubt: every line at its own column is an item (or a key), and
none stands between it and what surrounds it. Nothing is composed here, and only the lines that stand far enough left
are looked at. Lines end at LF and CRLF here; texts with other line breaks are not divided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mfo_dialect.syntax.conflicts import is_conflict_marker
from mfo_dialect.syntax.dividing import has_own_value
from mfo_dialect.syntax.outline import Kind, Line, key_end, line_of

_ENTRY_KINDS = frozenset({Kind.KEY, Kind.TIGHT_KEY, Kind.WORD})
_DOCUMENT_MARK = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)")
_START_MARK = re.compile(r"---[ \t]*(?:(?<=[ \t])#[^\r\n]*)?\r?\n")
_CONTENT = re.compile(r"^[ \t]*[^ \t\r\n#]", re.MULTILINE)
_TAB = re.compile(r"^ *\t", re.MULTILINE)
_DASH_GAP = re.compile(r" *-( +)(?=[^ \t\r\n#])")
_BLANK = re.compile(r"[ \t]*(?=[\r\n]|\Z)")
_REST = re.compile(r"[ \t]*(?:(?<=[ \t])#.*)?\Z")
_UNUSUAL_STARTS = "&!*?"
_ROOT_FLOOR = -1


@dataclass(frozen=True, slots=True)
class Frame:
    """How the lines of one block collection look.

    Attributes:
        is_list: whether it is a list; else a map.
        indent: the column of its items or keys.
        floor: the column of what it is nested in, -1 at the root; no line of it stands there or further left, but for
            the items of a list that stands right below its key.
    """

    is_list: bool
    indent: int
    floor: int


ROOT = Frame(is_list=False, indent=0, floor=_ROOT_FLOOR)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a block turns out to be a collection itself.

    Attributes:
        frame: how that collection looks.
        header: how many characters stand before its first line; 0 where that is the block's own first line.
        lead: how many characters of its first line belong to what is around it: the margin and the dash.
    """

    frame: Frame
    header: int
    lead: int


def preamble_end(text: str) -> int | None:
    """Where the first line with content starts, a ``---`` before it passed over; None where none does.

    None as well where a tab indents a line before it: the parsers refuse that, though no block would tell.
    """
    place = 0
    for _ in range(2):
        content = _CONTENT.search(text, place)
        if content is None:
            return None
        mark = _START_MARK.match(text, content.start()) if place == 0 else None
        if mark is None:
            return None if _TAB.search(text, 0, content.start()) else content.start()
        place = mark.end()
    return None


def is_preamble(text: str) -> bool:
    """Whether a text may stand before the first key: blank lines, comments, and one ``---`` at most."""
    return preamble_end(text + "x") == len(text)


def heads(frame: Frame, text: str) -> list[int] | None:
    """The offsets of the lines at which the blocks of a collection start.

    Args:
        frame: how the collection looks.
        text: some of its blocks, from the start of a line on.

    Returns:
        None where a line does not fit, so that the collection cannot be divided. Lines before the first head, if there
        are any, belong to the block before.
    """
    return _list_heads(frame, text) if frame.is_list else _map_heads(frame, text)


def outer_end(frame: Frame, text: str) -> int:
    """Where some blocks of a collection end in ``text``: the start of the first line that is outside it, or the end."""
    for start, column in _outer_lines(text, frame.floor) if frame.floor >= 0 else ():
        is_item = column == frame.indent and frame.is_list and text[start + column :].startswith("-")
        if not is_item:
            return start
    return len(text)


def last_head(frame: Frame, text: str, offset: int) -> int:
    """The start of the last line, up to ``offset`` of ``text``, at which a block of a collection starts; 0 for none."""
    found = 0
    for start, column in _outer_lines(text[: offset + 1], frame.indent):
        if column == frame.indent and text.startswith("-", start + column) == frame.is_list:
            found = start
    return found


def starts_well(frame: Frame, text: str) -> bool:
    """Whether a text can be the beginning of a collection: its first line is an item or an ordinary key.

    At the root, words alone can stand above the first key, as they do while somebody types a key there.
    """
    line = line_of(_line(text, 0), 0, 0)
    if frame.is_list:
        return line.kind is Kind.DASH
    if line.kind is Kind.WORD and frame == ROOT:
        content = _CONTENT.search(text, line.end)
        line = line_of(_line(text, content.start()), 0, 0) if content is not None else line
        return line.indent == 0 and not line.has_tab and _is_ordinary_key(line)
    return _is_ordinary_key(line)


def _is_ordinary_key(line: Line) -> bool:
    return line.kind is Kind.KEY and line.content[0] not in _UNUSUAL_STARTS


def opening_of(frame: Frame, text: str) -> Opening | None:
    """The collection that a block of a collection is, as far as its first lines tell; None where it is none."""
    return _opening_of_item(frame, text) if frame.is_list else _opening_of_entry(frame, text)


def _opening_of_item(frame: Frame, text: str) -> Opening | None:
    gap = _DASH_GAP.match(text)
    if gap is None:
        return None
    lead = gap.end()
    kind = line_of(_line(text, lead), 0, 0).kind
    if kind is Kind.DASH:
        return Opening(Frame(is_list=True, indent=lead, floor=frame.indent), 0, lead)
    if kind is Kind.KEY and text[lead] not in _UNUSUAL_STARTS:
        return Opening(Frame(is_list=False, indent=lead, floor=frame.indent), 0, lead)
    return None


def _opening_of_entry(frame: Frame, text: str) -> Opening | None:
    head = line_of(_line(text, 0), 0, 0)
    colon = key_end(head)
    if colon is None or head.content[0] in _UNUSUAL_STARTS or not _REST.match(head.text.rstrip("\r\n"), colon):
        return None
    content = _CONTENT.search(text, len(head.text))
    if content is None:
        return None
    start = content.start()
    line = line_of(_line(text, start), 0, 0)
    if line.has_tab:
        return None
    if line.kind is Kind.DASH and line.indent >= frame.indent:
        return Opening(Frame(is_list=True, indent=line.indent, floor=frame.indent), start, 0)
    if line.kind is Kind.KEY and line.indent > frame.indent and line.content[0] not in _UNUSUAL_STARTS:
        return Opening(Frame(is_list=False, indent=line.indent, floor=frame.indent), start, 0)
    return None


def _list_heads(frame: Frame, text: str) -> list[int] | None:
    found: list[int] = []
    for start, column in _outer_lines(text, frame.indent):
        place = start + column
        is_dash = text[place] == "-" and text[place + 1 : place + 2] in {"", " ", "\n", "\r", "\t"}
        if column == frame.indent and is_dash:
            found.append(start)
        elif is_dash or column <= frame.floor or text[place] == "\t":
            return None
    return found


def _map_heads(frame: Frame, text: str) -> list[int] | None:
    found: list[int] = []
    bare_end = -1  # behind the last line that may be followed by an item at the same column
    for start, column in _outer_lines(text, frame.indent):
        if column < frame.indent or text[start + column] == "\t":
            return None
        written = _line(text, start)
        if column == 0 and (_DOCUMENT_MARK.match(written) or is_conflict_marker(written)):
            return None
        line = line_of(written, start, 0)
        if line.kind in _ENTRY_KINDS and line.content[0] != "?":
            found.append(start)
            bare_end = line.end if line.kind is Kind.KEY and not has_own_value(line) else -1
        elif line.kind is Kind.DASH and bare_end >= 0 and _may_be_item(text, bare_end, start, column):
            bare_end = start
        else:
            return None
    return found


def _may_be_item(text: str, before: int, start: int, column: int) -> bool:
    """Whether an item at the column of the keys may start here: right below its key, or behind another such item."""
    return text[before + column] == "-" or not _CONTENT.search(text, before, start)


def _outer_lines(text: str, indent: int) -> Iterator[tuple[int, int]]:
    """Start and column of the lines with content that start at column ``indent`` or further left.

    A line that has a tab there counts as starting at the tab.
    """
    first, others = _outer_patterns(indent)
    match = first.match(text)
    if match is not None and not (text[match.end()] == "\t" and _BLANK.match(text, match.end())):
        yield 0, match.end()
    for match in others.finditer(text):
        if text[match.end()] == "\t" and _BLANK.match(text, match.end()):
            continue
        yield match.start() + 1, match.end() - match.start() - 1


@cache
def _outer_patterns(indent: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    margin = f" {{0,{indent}}}(?=[^ \\r\\n#])"
    return re.compile(margin), re.compile("\n" + margin)


def _line(text: str, start: int) -> str:
    end = text.find("\n", start) + 1
    return text[start : end or len(text)]
