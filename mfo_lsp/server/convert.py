"""The one border between the protocol's coordinates and ours: positions and offsets, URIs and keys of texts.

Pure functions. A key is an absolute path written with ``/`` (``/home/a/flow.yml``, ``C:/a/flow.yml``,
``//server/share/flow.yml``), or the URI itself where it names no file (``untitled:Untitled-1``).
"""

from __future__ import annotations

import posixpath
import re
import sys
import unicodedata
from urllib.parse import quote, unquote

from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex, Position, Span

_DRIVE = re.compile(r"/?([A-Za-z]):(?=[/\\]|\Z)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def to_key(uri: str, platform: str = sys.platform) -> str:
    """The key of the text that a URI names; equal for all spellings of one file.

    Args:
        uri: as a client writes it: with or without percent-encoding, any case of a drive's letter.
        platform: as in ``sys.platform``; macOS keeps one file under several Unicode spellings of its name.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme.lower() != "file":
        return uri
    authority, path = "", rest
    if rest.startswith("//"):
        authority, slash, below = rest[2:].partition("/")
        path = slash + below
    authority = unquote(authority)
    path = unquote(path, errors="surrogateescape")
    if _DRIVE.fullmatch(authority):
        path, authority = f"/{authority}{path}", ""
    if authority and authority.lower() != "localhost":
        path = f"//{authority.lower()}{path}"
    return path_key(path or "/", platform)


def path_key(path: str, platform: str = sys.platform) -> str:
    """The key of the text at a path, however Windows or macOS spell it."""
    drive = _DRIVE.match(path)
    if drive is not None:
        path = f"{drive[1].upper()}:{path[drive.end() :]}".replace("\\", "/")
    elif path.startswith("\\\\"):
        path = path.replace("\\", "/")
    if platform == "darwin":
        path = unicodedata.normalize("NFC", path)
    normal = posixpath.normpath(path)
    return f"{normal}/" if _DRIVE.fullmatch(normal) else normal


def to_uri(key: str) -> str:
    """The URI of a text; that of a file is percent-encoded."""
    drive = _DRIVE.match(key)
    if drive is not None:
        return f"file:///{drive[1]}:{_quoted(key[drive.end() :])}"
    if key.startswith("//"):
        return f"file:{_quoted(key)}"
    if key.startswith("/"):
        return f"file://{_quoted(key)}"
    return key


def _quoted(path: str) -> str:
    return quote(path, safe="/", errors="surrogateescape")


def is_file(key: str) -> bool:
    """Whether a key is a path."""
    return _DRIVE.match(key) is not None or _SCHEME.match(key) is None


def directory_of(key: str) -> str:
    """The directory in which the text lies, by which bundles are kept; a text that is no file is its own."""
    if not is_file(key):
        return key
    directory = posixpath.dirname(key)
    return f"{directory}/" if _DRIVE.fullmatch(directory) else directory


def to_encoding(kind: str | None) -> Encoding:
    """How the columns of positions are counted; UTF-16 where nothing, or nothing known, was agreed on."""
    return next((encoding for encoding in Encoding if encoding.value == kind), Encoding.UTF16)


def to_position(lines: LineIndex, offset: int, encoding: Encoding) -> types.Position:
    """The protocol's position of an offset."""
    line, column = lines.position(offset, encoding)
    return types.Position(line, column)


def to_range(lines: LineIndex, span: Span, encoding: Encoding) -> types.Range:
    """The protocol's range of a span."""
    return types.Range(to_position(lines, span.start, encoding), to_position(lines, span.end, encoding))


def to_offset(lines: LineIndex, position: types.Position, encoding: Encoding) -> int:
    """The offset of a position; one outside the text counts as the nearest end."""
    return lines.offset(Position(position.line, position.character), encoding)


def to_span(lines: LineIndex, range_: types.Range, encoding: Encoding) -> Span:
    """The span of a range; one whose ends are in the wrong order is turned round."""
    start, end = to_offset(lines, range_.start, encoding), to_offset(lines, range_.end, encoding)
    return Span(min(start, end), max(start, end))
