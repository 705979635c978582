"""Accepting what completion offers: half-typed texts, the text that an item leaves, and the errors that are new in it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from mfo_dialect.analysis.bundle import Bundle, Source, make_bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.editing import LiveBundle
from mfo_dialect.findings import Place, Severity
from mfo_dialect.model.project import Project
from mfo_dialect.rules import RULES
from mfo_dialect.text import Span, edit_between
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
_EDGES = re.compile(r"(?:dependencies|successors)\s*:?[^:]*\Z")
_GO_ON = frozenset({ItemKind.KEYWORD, ItemKind.FUNCTION})
_OPENING = (".", "(", "[", "{", ":", "-", '"', "'", ",")
_JUDGED = ("MFO2", "MFO3", "MFO4", "MFO5", "MFO6")
_RULES = tuple(rule for rule in RULES if rule.severity is Severity.ERROR or rule.code.startswith(_JUDGED))
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


class Error(NamedTuple):
    """What is wrong, and where."""

    code: str
    message: str
    place: Place
    missing: tuple[str, ...]


class Files:
    """The documents of one directory, and what was found in texts that stand in place of one of them.

    Texts are tried one after the other as edits of a live bundle, so that a try costs what it touches.
    """

    def __init__(self, texts: dict[str, str], project: Project | None = None) -> None:
        self.texts = texts
        self.project = project
        self._live: dict[str, LiveBundle] = {}
        self._errors: dict[tuple[str, str], tuple[Error, ...]] = {}

    def live(self, name: str, text: str) -> LiveBundle:
        """The bundle with another text in the place of a document."""
        bundle = self._live.get(name)
        if bundle is None:
            sources = [read_source(other, whole) for other, whole in self.texts.items()]
            bundle = self._live[name] = LiveBundle(self._bundle(sources), _RULES, edited={name: None})
        before = bundle.tree(name).text
        if before != text:
            bundle.edit(name, [edit_between(before, text)])
        return bundle

    def errors(self, name: str, text: str) -> tuple[Error, ...]:
        """The errors in the bundle with another text in the place of a document."""
        known = self._errors.get((name, text))
        if known is None:
            bundle = self.live(name, text)
            assert bundle.settle()
            found = (one for key in bundle.bundle.sources for group in bundle.groups(key) for one in group)
            errors = (
                Error(one.code, one.message, one.at.place, one.missing)
                for one in found
                if one.severity is Severity.ERROR
            )
            known = tuple(sorted(errors, key=lambda one: (one.place.document, one.place.span)))
            if len(self._errors) > 20000:
                self._errors.clear()
            self._errors[name, text] = known
        return known

    def fresh_errors(self, name: str, text: str) -> tuple[Error, ...]:
        """The same by a check that knows nothing of earlier ones."""
        texts = {**self.texts, name: text}
        sources = [read_source(key, whole, read_source(key, self.texts[key]).kind) for key, whole in texts.items()]
        found = check_snapshot(Snapshot(self._bundle(sources)), _RULES)
        errors = (
            Error(one.code, one.message, one.place, one.missing) for one in found if one.severity is Severity.ERROR
        )
        return tuple(sorted(errors, key=lambda one: (one.place.document, one.place.span)))

    def _bundle(self, sources: Iterable[Source]) -> Bundle:
        return make_bundle(sources, self.project) if self.project is not None else make_bundle(sources)

    def items(self, name: str, typed: Typed, client: CompletionClient) -> tuple[Item, ...]:
        bundle = self.live(name, typed.text)
        with bundle.asking():
            return complete(bundle.snapshot, name, typed.offset, client)


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


def new_errors(files: Files, name: str, typed: Typed, item: Item) -> tuple[Accepted, list[Error]]:
    """The errors that taking an item has brought: neither at its tab stops, nor there before in one way or another."""
    accepted = accept(typed, item)
    known = _Known()
    found: Iterable[Error] = files.errors(name, accepted.text)
    found = [error for error in found if error.code.startswith(_JUDGED) and not _is_at_stop(error, name, accepted)]
    for texts in ([typed.text, typed.whole], _without(typed, item)):
        for text in texts:
            known.add(files.errors(name, text))
        found = [error for error in known.beyond(found) if not _is_still_to_type(error, name, typed, item, accepted)]
        if not found:
            break
    return accepted, [error for error in found if not _was_unread(error, files, name, typed, item, accepted)]


class _Known:
    """Errors that were there before."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._missing: set[tuple[str, str, tuple[str, ...]]] = set()

    def add(self, errors: Iterable[Error]) -> None:
        """Take the errors of one text; of the same ones in several texts, the largest number counts."""
        errors = list(errors)
        self._counts |= Counter(map(_key, errors))
        self._missing |= {(error.place.document, error.code, error.missing) for error in errors if error.missing}

    def beyond(self, errors: Iterable[Error]) -> Iterator[Error]:
        """The errors that are more than were known; what lacks less than it did is not new."""
        left = Counter(self._counts)
        for error in errors:
            left[_key(error)] -= 1
            if left[_key(error)] < 0 and not self._is_rest(error):
                yield error

    def _is_rest(self, error: Error) -> bool:
        return bool(error.missing) and any(
            (document, code) == (error.place.document, error.code) and set(error.missing) <= set(missing)
            for document, code, missing in self._missing
        )


def _was_unread(
    error: Error, files: Files, name: str, typed: Typed, item: Item, accepted: Accepted
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
    """The text with nothing in the item's place, an empty list, or a name that nobody knows: what is wrong there is older."""
    before, behind = typed.text[: item.span.start], typed.text[item.span.end :]
    yield before + behind
    yield f"{before} []{behind}"
    yield _LISTED.sub("", before + _GAP + behind)
    yield accept(typed, replace(item, new_text=item.new_text.replace(item.label.lstrip("."), _NOBODY, 1))).text
    if "{{" in before[-200:]:
        yield f"{before}{'' if before.endswith('.') else '.'}{_NOBODY}{' }}' if '}}' in item.new_text.replace(_ESCAPE, '') else ''}{behind}"


def _is_still_to_type(error: Error, name: str, typed: Typed, item: Item, accepted: Accepted) -> bool:
    """Whether an error speaks of what has to be typed next, where an item cannot bring room for it.

    That is so of what a new key, kind or template requires, for clients without tab stops and in quotes; of the map that
    a key begins; of the other edges of a list that is begun anew; of the end of a reference or block that was opened by
    hand; of the comparison behind the first operand of a condition, for clients without tab stops.
    """
    if error.place.document != name:
        return False
    end = item.span.start + len(accepted.text) - len(typed.text) + len(typed.text[item.span.start : item.span.end])
    span, before = error.place.span, typed.text[: item.span.start]
    match error.code:
        case "MFO202":
            first_line = _LINE_END.search(accepted.text, item.span.start)
            assert first_line is not None
            is_of_kind = item.kind in {ItemKind.TASK_TYPE, ItemKind.CHOICE} and not item.is_snippet
            is_written = " missing in the config of " in error.message
            return (item.kind is ItemKind.KEY and span.start <= first_line.start()) or (is_of_kind and not is_written)
        case "MFO604":
            return item.kind is ItemKind.PROMPT_TEMPLATE and not item.is_snippet
        case "MFO403":
            is_of_item = error.message.startswith(f'"{item.label}"')
            return "does not wait" in error.message and not is_of_item and _is_edge(before)
        case "MFO401":
            return error.message.startswith("the reference is not closed") and span.start < item.span.start
        case "MFO506":
            return not item.is_snippet and span.start <= item.span.start <= end <= span.end
        case _:
            return error.message.endswith("unexpected EOF") and span.start < item.span.start


def _is_edge(before: str) -> bool:
    return _EDGES.search(before) is not None


def is_shown(typed: Typed, item: Item) -> bool:
    """Whether an editor shows an item: only where the letters that are typed stand in it in their order."""
    letters = re.sub(r"\A\W+", "", typed.text[item.span.start : typed.offset]).lower()
    label = iter(item.label.lower())
    return all(letter in label for letter in letters)


def _key(error: Error) -> tuple[str, str, str]:
    return error.place.document, error.code, error.message.partition(";")[0]


def _is_at_stop(error: Error, name: str, accepted: Accepted) -> bool:
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


__all__ = [
    "CLIENTS",
    "Accepted",
    "Files",
    "Typed",
    "accept",
    "half_typed",
    "is_shown",
    "new_errors",
    "replace",
    "sample",
]
