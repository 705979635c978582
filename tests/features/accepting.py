"""Accepting what completion offers: half-typed texts, the text that an item leaves, and the errors that are new in it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mfo_dialect.analysis.bundle import Bundle, Source, make_bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.model.project import Project
from mfo_dialect.text import Span
from mfo_lsp.features.completion import CompletionClient, Item, ItemKind, complete

_TOKEN = re.compile(r"[\w-]+|[^\s\w]")
_TAB_STOP = re.compile(r"\\(?P<escaped>.)|\$(?:\d+|\{\d+(?::(?P<words>(?:\\.|[^\\}])*))?\})", re.DOTALL)
_LINE_END = re.compile(r"[\r\n]|\Z")
_GAP = "\0"
_ESCAPE = "\\"
_LISTED = re.compile(rf"{_GAP}\s*,\s*|,?\s*{_GAP}")
_NOBODY = "nobody_knows"
"""What the loss of an old name causes, this name causes too; what it does not cause, the chosen name does."""
_UP_TO_VALUE = re.compile(r"[\s:\[{()\-]*")
_CONSEQUENCES = {
    ItemKind.TASK_TYPE: {"MFO201", "MFO202", "MFO203", "MFO204", "MFO402", "MFO502"},
    ItemKind.PROMPT_TEMPLATE: {"MFO402", "MFO502", "MFO602", "MFO604"},
    ItemKind.TOOL: {"MFO402", "MFO502", "MFO609"},
    ItemKind.KEY: {"MFO602", "MFO604"},
}
"""What a right choice may well bring elsewhere: a task of another type, or with another prompt, needs and gives other things."""
_TYPE = re.compile(r"\btype\s*:?\s*[\"']?\Z")
_EDGES = re.compile(r"(?:dependencies|successors)\s*:?[^:]*\Z")
_GO_ON = frozenset({ItemKind.KEYWORD, ItemKind.FUNCTION})
_OPENING = (".", "(", "[", "{", ":", "-", '"', "'", ",")
_JUDGED = ("MFO2", "MFO3", "MFO4", "MFO5", "MFO6")
CLIENTS = {"snippets": CompletionClient(snippets=True), "plain": CompletionClient(snippets=False)}


@dataclass(frozen=True)
class Typed:
    """A document while somebody types in it.

    Attributes:
        whole: the document as it was before.
        text: as it is now.
        offset: the cursor.
        how: in what way it is half-typed.
    """

    whole: str
    text: str
    offset: int
    how: str


@dataclass(frozen=True)
class Accepted:
    """The text that an item leaves; ``stops`` are the places where something has to be typed."""

    text: str
    stops: tuple[Span, ...]


class Files:
    """The documents of one directory, and what was found in texts that stand in place of one of them."""

    def __init__(self, texts: dict[str, str], project: Project | None = None) -> None:
        self.texts = texts
        self.project = project
        self._sources = {name: read_source(name, text) for name, text in texts.items()}
        self._errors: dict[tuple[str, str], tuple[Finding, ...]] = {}

    def bundle(self, name: str, text: str) -> Bundle:
        others: list[Source] = [source for other, source in self._sources.items() if other != name]
        read = read_source(name, text, self._sources[name].kind)
        return make_bundle([*others, read], *([self.project] if self.project is not None else []))

    def errors(self, name: str, text: str) -> tuple[Finding, ...]:
        """The errors in the bundle with another text in the place of a document."""
        known = self._errors.get((name, text))
        if known is None:
            found = check_snapshot(Snapshot(self.bundle(name, text)))
            known = tuple(one for one in found if one.severity is Severity.ERROR)
            if len(self._errors) > 5000:
                self._errors.clear()
            self._errors[name, text] = known
        return known

    def items(self, name: str, typed: Typed, client: CompletionClient) -> tuple[Item, ...]:
        return complete(Snapshot(self.bundle(name, typed.text)), name, typed.offset, client)


def half_typed(text: str) -> Iterator[Typed]:
    """A document at each of its tokens: untouched, with the token half-typed, cut behind it, and quoted."""
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        yield Typed(text, text, start, "before")
        yield Typed(text, text, end, "behind")
        line_end = _LINE_END.search(text, end)
        assert line_end is not None
        for typed in dict.fromkeys((0, 1, (end - start) // 2, end - start)):
            at = start + typed
            yield Typed(text, text[:at] + text[end:], at, "word")
            yield Typed(text, text[:at] + text[line_end.start() :], at, "line")
            yield Typed(text, text[:at], at, "document")
        if _is_value(text, start, line_end.start()):
            for opening, closing in (("${", ""), ("${", "}"), ("$<", ""), ('"', '"'), ("'", "'"), ("'", ""), ("[", "]"), ("|\n" + " " * 80, ""), ('"${', '}"'), ("a ${", " b")):  # fmt: skip
                before = text[:start] + opening
                yield Typed(
                    text, before + closing + text[line_end.start() :], len(before), f"in {opening.strip()}{closing}"
                )


def _is_value(text: str, start: int, line_end: int) -> bool:
    return text[:start].endswith((": ", "- ")) and not text[start:line_end].rstrip().endswith(":")


def accept(typed: Typed, item: Item) -> Accepted:
    """The text once an item is taken, its tab stops filled with what they propose."""
    written, stops, last = typed.text[: item.span.start], list[Span](), 0
    for mark in _TAB_STOP.finditer(item.new_text) if item.is_snippet else ():
        written += item.new_text[last : mark.start()]
        last = mark.end()
        if mark["escaped"] is not None:
            written += mark["escaped"]
            continue
        start = len(written)
        written += re.sub(r"\\(.)", r"\1", mark["words"] or "")
        if mark.group() != "$0" or _is_open(written, item):
            stops.append(Span(start, len(written)))
    written += item.new_text[last:]
    if not stops and _is_open(written, item):
        stops.append(Span(len(written), len(written)))
    return Accepted(written + typed.text[item.span.end :], tuple(stops))


def _is_open(written: str, item: Item) -> bool:
    """Whether something has to be typed behind a text before it means anything."""
    return item.kind in _GO_ON or written.rstrip().endswith(_OPENING)


def new_errors(files: Files, name: str, typed: Typed, item: Item) -> tuple[Accepted, list[Finding]]:
    """The errors that taking an item has brought: neither at its tab stops, nor there before in one way or another."""
    accepted = accept(typed, item)
    known: Counter[tuple[str, str, str]] = Counter()
    for text in {typed.text, typed.whole, *_without(typed, item)}:
        known |= Counter(map(_key, files.errors(name, text)))
    found: list[Finding] = []
    for error in files.errors(name, accepted.text):
        known[_key(error)] -= 1
        is_new = known[_key(error)] < 0 and error.code.startswith(_JUDGED)
        if is_new and not _is_at_stop(error, name, accepted) and not _is_consequence(error, typed, item, accepted):
            found.append(error)
    return accepted, [error for error in found if not _was_unread(error, files, name, typed, item, accepted)]


def _was_unread(
    error: Finding, files: Files, name: str, typed: Typed, item: Item, accepted: Accepted
) -> bool:  # fmt: skip
    """Whether an error was there before, and not told of because a reader had given up at an earlier mistake."""
    before, after = (
        Counter(one.code for one in files.errors(name, text)) for text in (typed.text, accepted.text)
    )  # fmt: skip
    if error.code == "MFO603":
        return after["MFO603"] <= before["MFO603"]
    end = len(accepted.text) - (len(typed.text) - item.span.end)
    is_elsewhere = error.place.span.end < item.span.start or end < error.place.span.start
    return error.code.startswith("MFO5") and before["MFO501"] > 0 and is_elsewhere


def _without(typed: Typed, item: Item) -> Iterator[str]:
    """The text with nothing in the item's place, or with a name that nobody knows: what is wrong there is older."""
    before, behind = typed.text[: item.span.start], typed.text[item.span.end :]
    yield before + behind
    yield _LISTED.sub("", before + _GAP + behind)
    yield accept(typed, replace(item, new_text=item.new_text.replace(item.label.lstrip("."), _NOBODY, 1))).text
    if "{{" in before[-200:]:
        yield f"{before}{'' if before.endswith('.') else '.'}{_NOBODY}{' }}' if '}}' in item.new_text.replace(_ESCAPE, '') else ''}{behind}"


def _is_consequence(error: Finding, typed: Typed, item: Item, accepted: Accepted) -> bool:
    """Whether an error is one of those that a right choice may well bring, as more is to be typed or mended after it."""
    is_kind = item.kind is ItemKind.CHOICE and _TYPE.search(typed.text[: item.span.start])
    if error.code in _CONSEQUENCES.get(ItemKind.TASK_TYPE if is_kind else item.kind, ()):
        return True
    if error.code == "MFO506":  # of a condition, the first operand
        return True
    if "does not wait" in error.message and _EDGES.search(typed.text[: item.span.start]):  # another edge is missing
        return True
    if error.code == "MFO401" and error.message.startswith("the reference is not closed") and accepted.stops:
        return True
    first_line = _LINE_END.search(accepted.text, item.span.start)
    assert first_line is not None
    is_beside = item.kind is ItemKind.KEY and error.place.span.start <= first_line.start()
    is_older = error.message.endswith("unexpected EOF") and error.place.span.start < item.span.start
    return (error.code == "MFO202" and is_beside) or is_older


def _key(error: Finding) -> tuple[str, str, str]:
    return error.place.document, error.code, error.message.partition(";")[0]


def _is_at_stop(error: Finding, name: str, accepted: Accepted) -> bool:
    """Whether an error speaks of what is still to be typed: of a tab stop, or of the key whose value that is."""
    span = error.place.span
    return error.place.document == name and any(
        span.start <= stop.end
        and (stop.start <= span.end or _UP_TO_VALUE.fullmatch(accepted.text, span.end, stop.start) is not None)
        for stop in accepted.stops
    )


def sample(everything: list[Typed], count: int, seed: str) -> list[Typed]:
    """Some of the half-typed texts, the same ones every time."""
    chance = random.Random(seed)
    return everything if len(everything) <= count else chance.sample(everything, count)


__all__ = ["CLIENTS", "Accepted", "Files", "Typed", "accept", "half_typed", "new_errors", "replace", "sample"]
