"""Texts and characters quoted as Go quotes them, and the escapes of HTML, JavaScript and URLs."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

from mfo_dialect.templates.values import to_bytes

_SHORT = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\"}
_LAST_ASCII = 0x7E
_LAST_BMP = 0xFFFF
_BYTE = re.compile("[\udc80-\udcff]")
_HTML = str.maketrans({'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"})
_SCRIPT = {
    "\\": r"\\",
    "'": r"\'",
    '"': r"\"",
    "<": r"\u003C",
    ">": r"\u003E",
    "&": r"\u0026",
    "=": r"\u003D",
}


def quoted(text: str, *, mark: str = '"', ascii_only: bool = False) -> str:
    """A text in quotes, with escapes for all that cannot be printed."""
    return mark + "".join(_escaped(character, mark, ascii_only=ascii_only) for character in text) + mark


def can_backquote(text: str) -> bool:
    """Whether a text can stand between back quotes: one line, no control characters."""
    return all(character == "\t" or (character.isprintable() and character not in "`\ufeff") for character in text)


def escape_html(text: str) -> str:
    """A text for HTML."""
    return text.translate(_HTML)


def escape_script(text: str) -> str:
    """A text for the inside of a JavaScript string."""
    return "".join(_script_escaped(character) for character in text)


def escape_query(text: str) -> str:
    """A text for the value of a URL's query."""
    return quote_plus(to_bytes(text), safe="~")


def _escaped(character: str, mark: str, *, ascii_only: bool) -> str:
    if character == mark:
        return "\\" + mark
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if _BYTE.match(character):
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable() and (code <= _LAST_ASCII or not ascii_only):
        return character
    if code <= _LAST_ASCII + 1:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_BMP else f"\\U{code:08x}"


def _script_escaped(character: str) -> str:
    if character in _SCRIPT:
        return _SCRIPT[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04X}"
