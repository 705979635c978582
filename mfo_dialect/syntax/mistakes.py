"""What is wrong with one value that no engine can read, where exactly, and what was probably meant.

It knows the text of one value and the engine's verdict on it, no lines around it and no tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mfo_dialect.syntax.document import ProblemKind
from mfo_dialect.syntax.events import Failure

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)*")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'")}
_LINE_REST = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?=[\r\n]|\Z)")
_BAD_ESCAPE = re.compile(
    r"\\(?!["
    r'0abt\tnvfre "/\\N_LP\r\n'
    r"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
)
_ANY_ESCAPE = re.compile(r"\\.", re.DOTALL)
_INNER_COLON = re.compile(r":(?=[ \t\r\n]|\Z)")
_BLOCK_HEADER = re.compile(r"[|>](?:[1-9][-+]?|[-+][1-9]?)?(?P<rest>[ \t]*(?:(?<=[ \t])#[^\r\n]*)?)(?=[\r\n]|\Z)")
_CLOSERS = {"[": "]", "{": "}"}
_RESERVED = "@`%"
_MAX_FLOW_DEPTH = 300


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a stretch, in its offsets.

    Attributes:
        kind: what sort of mistake.
        message: in a person's words.
        start: where the mistake starts.
        end: where it ends.
        closing: what, put at ``cut``, would make the stretch readable up to there; empty if nothing would.
        cut: where the readable part ends.
        raw: the offsets of the value when it is best taken as it is written; None if it is not.
    """

    kind: ProblemKind
    message: str
    start: int
    end: int
    closing: str = ""
    cut: int = 0
    raw: tuple[int, int] | None = None


def find_mistake(text: str, start: int, verdict: Callable[[], Failure]) -> Mistake:
    """What is wrong with the value that starts at ``start`` of ``text`` and that an engine refused.

    ``verdict`` says how it was refused; it is asked only where the text itself does not show the mistake.
    """
    properties = _PROPERTIES.match(text, start)
    start = properties.end() if properties else start
    first = text[start : start + 1]
    found: Mistake | None = None
    if text.startswith("{{", start):
        found = _template(text, start)
    elif first in _QUOTED and first:
        found = _quoted(text, start)
    elif first in _CLOSERS and first:
        found = _Flow(text, start).mistake()
    elif first and first in "|>":
        found = _block_header(text, start)
    elif first and first in _RESERVED:
        message = f"a value cannot start with {first}: put it in quotes"
        found = Mistake(ProblemKind.SYNTAX, message, start, start + 1, raw=(start, _line_end(text, start)))
    else:
        found = _plain(text, start)
    return found or _by_verdict(text, start, verdict())


def _line_end(text: str, start: int) -> int:
    """The end of the line's content, without white space and comment."""
    end = min((place for mark in "\r\n" if (place := text.find(mark, start)) >= 0), default=len(text))
    comment = re.compile(r"[ \t]#").search(text, start, end)
    return start + len(text[start : comment.start() if comment else end].rstrip())


def _template(text: str, start: int) -> Mistake:
    end = _line_end(text, start)
    message = "a value that starts with {{ must be quoted: YAML reads {{ ... }} as a map"
    return Mistake(ProblemKind.UNQUOTED_TEMPLATE, message, start, end, raw=(start, end))


def _quoted(text: str, start: int) -> Mistake | None:
    quote = text[start]
    match = _QUOTED[quote].match(text, start)
    whole_end = len(text.rstrip())
    ends_quoted = text[whole_end - 1] == quote and whole_end - 1 > start
    line_end = start + len(re.split(r"[\r\n]", text[start:], maxsplit=1)[0].rstrip())
    if match is None or ("\n" in match[0] and not _LINE_REST.match(text, match.end()) and not ends_quoted):
        message = f"this {quote} is never closed"
        return Mistake(ProblemKind.SYNTAX, message, start, start + 1, closing=quote, cut=line_end)
    if not _LINE_REST.match(text, match.end()):
        end = whole_end if ends_quoted else max(line_end, match.end())
        place = match.end() - 1
        return Mistake(ProblemKind.SYNTAX, _inner_quote(quote), place, place + 1, raw=(start, end))
    return _bad_escape(text, start, match.end()) if quote == '"' else None


def _inner_quote(quote: str) -> str:
    remedy = 'write \\" inside double quotes' if quote == '"' else "write '' inside single quotes"
    return f"the text ends at this {quote}, but more follows: {remedy}"


def _bad_escape(text: str, start: int, end: int) -> Mistake | None:
    for escape in _ANY_ESCAPE.finditer(text, start, end):
        if _BAD_ESCAPE.match(text, escape.start()):
            place = escape.start()
            message = f"{escape[0].strip()} is no escape of YAML: write \\\\ for a backslash, or use single quotes"
            return Mistake(ProblemKind.SYNTAX, message, place, place + 2, raw=(start, end))
    return None


def _block_header(text: str, start: int) -> Mistake | None:
    if _BLOCK_HEADER.match(text, start):
        return None
    end = _line_end(text, start)
    message = f"text cannot follow {text[start]} on the same line: it starts on the next line, or needs quotes"
    return Mistake(ProblemKind.SYNTAX, message, start, end, raw=(start, end))


def _plain(text: str, start: int) -> Mistake | None:
    end = _line_end(text, start)
    colon = _INNER_COLON.search(text, start, end + 1)
    if colon is not None and colon.start() < end:
        message = "a value that holds a colon and a space must be quoted, or start a map on the next line"
        return Mistake(ProblemKind.SYNTAX, message, colon.start(), colon.start() + 1, raw=(start, end))
    if text.startswith(("- ", "? "), start):
        message = "a list starts on the line below its key"
        return Mistake(ProblemKind.SYNTAX, message, start, start + 1, raw=(start, end))
    if text[start : start + 1] in {",", "]", "}"}:
        message = f"nothing is open that this {text[start]} could end: put the value in quotes"
        return Mistake(ProblemKind.SYNTAX, message, start, start + 1, raw=(start, end))
    if text[start : start + 1] in {"*", "&", "!"}:
        message = f"a value that starts with {text[start]} must be quoted, or be a name right behind it"
        return Mistake(ProblemKind.SYNTAX, message, start, end, raw=(start, end))
    return None


class _Flow:
    """A walk through brackets and braces until something does not fit."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.place = start
        self.start = start
        self.opened: list[int] = []
        self.at_start = True

    def mistake(self) -> Mistake | None:
        text, end = self.text, len(self.text)
        while self.place < end:
            character = text[self.place]
            found: Mistake | None = None
            if character in "[{":
                self.opened.append(self.place)
                if len(self.opened) > _MAX_FLOW_DEPTH:
                    return None
                self.at_start = True
            elif character in "]}":
                found = self.close(character)
                if not self.opened:
                    return found or self.after_close()
                self.at_start = False
            elif character in "\"'" and self.at_start:
                found = self.quoted(character)
                self.at_start = False
                self.place -= 1
            elif character == "#" and text[self.place - 1] in " \t\r\n":
                self.place = _comment_end(text, self.place) - 1
            elif character in ",:" or character not in " \t\r\n":
                self.at_start = character in ",:"
            if found:
                return found
            self.place += 1
        return self.unclosed()

    def close(self, character: str) -> Mistake | None:
        opening = self.opened.pop()
        if _CLOSERS[self.text[opening]] == character:
            return None
        message = f"this {self.text[opening]} is closed by {character}"
        return Mistake(ProblemKind.SYNTAX, message, opening, opening + 1)

    def after_close(self) -> Mistake | None:
        self.place += 1
        if _LINE_REST.match(self.text, self.place):
            return None
        end = _line_end(self.text, self.place)
        rest = self.place + len(self.text[self.place : end]) - len(self.text[self.place : end].lstrip())
        message = f"text cannot follow the closing {self.text[self.place - 1]}: put the whole value in quotes"
        return Mistake(ProblemKind.SYNTAX, message, rest, max(end, rest), closing="\n", cut=self.place)

    def quoted(self, quote: str) -> Mistake | None:
        match = _QUOTED[quote].match(self.text, self.place)
        if match is None:
            message = f"this {quote} is never closed"
            cut = _content_end(self.text, self.place)
            return Mistake(ProblemKind.SYNTAX, message, self.place, self.place + 1, quote + self.closers(), cut)
        self.place = match.end()
        following = self.text[self.place :].lstrip(" \t\r\n")[:1]
        if following and following not in ",]}:#":
            place = self.place - 1
            return Mistake(ProblemKind.SYNTAX, _inner_quote(quote), place, place + 1)
        return _bad_escape(self.text, match.start(), match.end()) if quote == '"' else None

    def unclosed(self) -> Mistake:
        opening = self.opened[0]
        message = f"this {self.text[opening]} is never closed"
        cut = len(self.text.rstrip())
        return Mistake(ProblemKind.SYNTAX, message, opening, opening + 1, " " + self.closers(), cut)

    def closers(self) -> str:
        return "".join(_CLOSERS[self.text[place]] for place in reversed(self.opened))


def _comment_end(text: str, start: int) -> int:
    return min((place for mark in "\r\n" if (place := text.find(mark, start)) >= 0), default=len(text))


def _content_end(text: str, start: int) -> int:
    return start + len(text[start : _comment_end(text, start)].rstrip())


def _by_verdict(text: str, start: int, failure: Failure) -> Mistake:
    """The mistake that the engine saw, in our words."""
    place = min(max(failure.offset, start), len(text.rstrip()) or start)
    verdict = failure.problem
    kind = ProblemKind.SYNTAX
    message = next((message for piece, message in _VERDICTS if piece in verdict), "YAML cannot read this")
    if "too deep" in verdict:
        kind, message = ProblemKind.TOO_DEEP, "nested too deep to be read"
    if "found character" in verdict and text[place : place + 1] == "\t":
        kind, message = ProblemKind.TAB, "a tab cannot stand here: indent with spaces"
    end = min(place + 1, len(text)) if text[place : place + 1].strip() or kind is ProblemKind.TAB else place
    return Mistake(kind, message, place, end)


_VERDICTS = (
    ("mapping values are not allowed", "a key cannot start here: check the indentation, or put the text in quotes"),
    ("could not find expected ':'", "expected a colon behind the key"),
    ("found character", "a value cannot start with this character: put it in quotes"),
    ("sequence entries are not allowed", "a list item cannot start here: check the indentation"),
    ("',' or ']'", "expected a comma or ] here"),
    ("',' or '}'", "expected a comma or } here"),
    ("undefined tag handle", "this tag's prefix is not declared"),
    ("block end", "the indentation fits nothing above"),
    ("expected key", "the indentation fits nothing above"),
    ("'-' indicator", "the indentation fits nothing above"),
    ("more indented", "the first lines of the text are indented deeper than what follows"),
    ("document start", "text cannot follow the end of a document here"),
)
