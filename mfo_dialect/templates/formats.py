"""The format of ``printf``: text and directives, read from left to right.

Mistakes in a format are no errors: they show in the text, as ``%!d(MISSING)`` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mfo_dialect.templates.printing import NIL, Pieces
from mfo_dialect.templates.values import Kind, kind_of, type_name
from mfo_dialect.templates.verbs import Directive, write_value

_MAX_NUMBER = 1_000_000
_FLAGS = re.compile(r"[#0+\- ]*")
_INDEX = re.compile(r"\[([^\]]*)\]")
_DIGITS = re.compile(r"[0-9]+")


def format_text(template: str, arguments: Sequence[object]) -> str:
    """What ``printf`` writes.

    Raises:
        FunctionError: The text is too long or a value nested too deeply.
    """
    return _Formatter(template, arguments).run()


class _Formatter:
    """The state of one call: where in the format, and which argument is next."""

    def __init__(self, template: str, arguments: Sequence[object]) -> None:
        self._template = template
        self._arguments = arguments
        self._position = 0
        self._next = 0
        self._reordered = False
        self._index_is_good = True
        self._after_index = False
        self._pieces = Pieces()

    def run(self) -> str:
        template = self._template
        while self._position < len(template):
            percent = template.find("%", self._position)
            end = len(template) if percent < 0 else percent
            self._pieces.add(template[self._position : end])
            self._position = end + 1
            if percent >= 0:
                self._directive()
        self._extra()
        return self._pieces.joined()

    def _directive(self) -> None:
        self._index_is_good = True
        self._after_index = False
        match = _FLAGS.match(self._template, self._position)
        flags = match[0] if match else ""
        self._position += len(flags)
        minus = "-" in flags
        self._read_index()
        width = self._width()
        if width is not None and width < 0:
            minus, width = True, -width
        precision = self._precision()
        if not self._after_index:
            self._read_index()
        if self._position >= len(self._template):
            self._pieces.add("%!(NOVERB)")
            return
        verb = self._template[self._position]
        self._position += 1
        zero = "0" in flags and not minus
        plus, sharp, is_value = "+" in flags, "#" in flags, verb == "v"
        directive = Directive(
            verb, minus, plus and not is_value, sharp and not is_value, " " in flags, zero, width, precision,
            go_syntax=sharp and is_value,
        )  # fmt: skip
        self._pieces.add(self._written(directive))

    def _written(self, directive: Directive) -> str:
        verb = directive.verb
        if verb == "%":
            return "%"
        if not self._index_is_good:
            return f"%!{verb}(BADINDEX)"
        if self._next >= len(self._arguments):
            return f"%!{verb}(MISSING)"
        self._next += 1
        return write_value(self._arguments[self._next - 1], directive, 0)

    def _read_index(self) -> None:
        """An argument index such as ``[2]``."""
        if not self._template.startswith("[", self._position):
            return
        self._reordered = True
        match = _INDEX.match(self._template, self._position)
        self._position = match.end() if match else self._position + 1
        text = match[1] if match else ""
        number = int(text) if _DIGITS.fullmatch(text) and len(text) < 8 else 0  # noqa: PLR2004 - enough for any index
        if 1 <= number <= len(self._arguments):
            self._next = number - 1
            self._after_index = True
        else:
            self._index_is_good = False
            self._after_index = match is not None

    def _width(self) -> int | None:
        if self._template.startswith("*", self._position):
            self._position += 1
            number = self._number_argument()
            if number is None:
                self._pieces.add("%!(BADWIDTH)")
            self._after_index = False
            return number
        number = self._digits()
        if number is not None and self._after_index:
            self._index_is_good = False
        return number

    def _precision(self) -> int | None:
        if not self._template.startswith(".", self._position):
            return None
        self._position += 1
        if self._after_index:
            self._index_is_good = False
        self._read_index()
        if self._template.startswith("*", self._position):
            self._position += 1
            number = self._number_argument()
            self._after_index = False
            if number is None or number < 0:
                if number is None:
                    self._pieces.add("%!(BADPREC)")
                return None
            return number
        return self._digits() or 0

    def _digits(self) -> int | None:
        match = _DIGITS.match(self._template, self._position)
        if match is None:
            return None
        self._position = match.end()
        number = int(match[0]) if len(match[0]) < 8 else _MAX_NUMBER + 1  # noqa: PLR2004 - more is too large anyway
        return number if number <= _MAX_NUMBER else None

    def _number_argument(self) -> int | None:
        if self._next >= len(self._arguments):
            return None
        value = self._arguments[self._next]
        self._next += 1
        if kind_of(value) not in {Kind.INT, Kind.BYTE}:
            return None
        number = int(value)  # pyright: ignore[reportArgumentType] - its kind is an integer's
        return number if -_MAX_NUMBER <= number <= _MAX_NUMBER else None

    def _extra(self) -> None:
        left = self._arguments[self._next :]
        if self._reordered or not left:
            return
        self._pieces.add("%!(EXTRA ")
        for index, value in enumerate(left):
            self._pieces.add(", " if index else "")
            is_nil = kind_of(value) is Kind.NIL
            self._pieces.add(NIL if is_nil else f"{type_name(value)}={write_value(value, Directive(), 0)}")
        self._pieces.add(")")
