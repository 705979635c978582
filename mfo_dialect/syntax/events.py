"""The events of a YAML parser over one stretch of text; the only module that imports the YAML library.

Two engines read the same language: one in C, and one in Python for where the first is not installed. It knows no tree;
whatever an engine raises becomes a ``Failure``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import StreamEndEvent

from mfo_dialect.records import record

try:
    from _ruamel_yaml import CParser  # pyright: ignore[reportMissingImports, reportUnknownVariableType]
except ImportError:  # the C engine is a separate wheel
    CParser = None

_FIRST_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF
_ODD = r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_ODD_IN_ASCII = r"[^\t\n\r\x20-\x7e]"
_READABLE_IN_ASCII = b"\t\n\r" + bytes(range(0x20, 0x7F))
_INDICATORS = ":?"
_INNER_INDICATOR = re.compile(r"""(?<=[^\s\[\]{},"'])(?:\?|:(?=[^\s,\[\]{}]))""")
_BRACKET = re.compile(r"[\[\]{}]")
_MAX_BRACKETS = 400
_SHARED_STAND_IN = "\ufffd"


class Engine(Enum):
    """Which parser reads the text; the tree is the same."""

    C = "c"
    PURE = "pure"


BEST_ENGINE = Engine.PURE if CParser is None else Engine.C


@record
class Failure:
    """Why an engine stopped, in its own words, and where, in offsets of the stretch.

    ``context`` is where what it was reading starts, -1 where it does not say.
    """

    problem: str
    offset: int
    context: int = -1


@record
class StandIns:
    """Characters that the engines refuse or take for line breaks, and the letters that stand for them."""

    written: str
    readable: str

    def restored(self, content: str, source: str) -> str:
        """``content`` with the characters that were written, where it holds a stand-in."""
        if self.readable == _SHARED_STAND_IN:
            return source if len(source) == len(content) else content
        return content.translate(str.maketrans(self.readable, self.written))


def readable_text(text: str) -> tuple[str, StandIns | None]:
    """``text`` as every engine can read it, of the same length, and what stands for what.

    Control characters, lone surrogates, byte order marks and the line breaks that only YAML 1.1 knows (U+0085, U+2028,
    U+2029) are replaced by letters of the private use area that the text does not hold.
    """
    if text.isascii() and not text.encode("ascii").translate(None, _READABLE_IN_ASCII):  # quicker than a pattern
        return text, None
    pattern = re.compile(_ODD_IN_ASCII if text.isascii() else _ODD)  # kept by re; the longer one takes long to compile
    odd = set(pattern.findall(text))
    if not odd:
        return text, None
    used = set(text)
    free = [chr(code) for code in range(_FIRST_PRIVATE, _LAST_PRIVATE + 1) if chr(code) not in used]
    if len(free) < len(odd):
        return pattern.sub(_SHARED_STAND_IN, text), StandIns(_SHARED_STAND_IN, _SHARED_STAND_IN)
    written = "".join(sorted(odd))
    readable = "".join(free[: len(odd)])
    return text.translate(str.maketrans(written, readable)), StandIns(written, readable)


def without_inner_indicators(text: str, stand_ins: StandIns | None) -> tuple[str, StandIns] | None:
    """``text`` with other letters for the colons and question marks inside words; None where there are none.

    In brackets the engine in C takes each of them for an indicator: it refuses ``{url: http://x}``. In YAML 1.2 a colon
    is one only before white space, a comma or a bracket, or behind a quoted key; a question mark only before a space.
    """
    if _INNER_INDICATOR.search(text) is None or (stand_ins is not None and stand_ins.readable == _SHARED_STAND_IN):
        return None
    used = set(text)
    free = [chr(code) for code in range(_FIRST_PRIVATE, _LAST_PRIVATE + 1) if chr(code) not in used][:2]
    if len(free) < len(_INDICATORS):
        return None
    letters = dict(zip(_INDICATORS, free, strict=True))
    before = stand_ins or StandIns("", "")
    replaced = _INNER_INDICATOR.sub(lambda match: letters[match.group()], text)
    return replaced, StandIns(before.written + _INDICATORS, before.readable + "".join(free))


def event_source(text: str, engine: Engine) -> Callable[[], Any]:
    """A function that gives the next event of ``text`` at each call.

    It raises whatever the engine raises, which ``failure_of`` turns into words.
    """
    if engine is Engine.C and CParser is not None:
        return CParser(text).get_event  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    _refuse_deep_brackets(text)
    return YAML(typ="safe", pure=True).parse(text).__next__  # pyright: ignore[reportUnknownMemberType]


def failure_in(text: str, engine: Engine) -> Failure | None:
    """Why an engine refuses a text; None where it reads all of it. Nothing is kept."""
    try:
        next_event = event_source(text, engine)
        while type(next_event()) is not StreamEndEvent:
            pass
    except Exception as error:  # noqa: BLE001 - engines raise what they like on odd text
        return failure_of(error, text)
    return None


class RefusedError(Exception):
    """Something that one engine accepts and that we refuse, so that the engines agree."""

    def __init__(self, problem: str, offset: int) -> None:
        """Refuse what stands at ``offset``."""
        super().__init__(problem)
        self.problem = problem
        self.offset = offset


def _refuse_deep_brackets(text: str) -> None:
    """Spare the engine in Python brackets so deep that it would look at all of them again for every word."""
    if text.count("[") + text.count("{") <= _MAX_BRACKETS:
        return
    depth = 0
    for match in _BRACKET.finditer(text):
        depth = depth + 1 if match[0] in "[{" else max(depth - 1, 0)
        if depth > _MAX_BRACKETS:
            raise RefusedError("brackets too deep", match.start())


def failure_of(error: Exception, text: str) -> Failure:
    """What an engine's exception says; one without a place is placed at the end of the text."""
    if isinstance(error, RefusedError):
        return Failure(error.problem, min(error.offset, len(text)))
    if isinstance(error, MarkedYAMLError):
        marked: Any = error
        mark = marked.problem_mark or marked.context_mark
        context = -1 if marked.context_mark is None else marked.context_mark.index
        return Failure(str(marked.problem or ""), len(text) if mark is None else min(mark.index, len(text)), context)
    return Failure("unreadable", len(text))
