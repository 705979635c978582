"""A task that is broken costs itself: what is found, shown and listed of all other tasks stays as it was."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding
from mfo_dialect.rules.layout import whole_lines
from mfo_dialect.text import Span
from mfo_lsp.features.document_symbols import OutlineEntry, document_symbols
from mfo_lsp.features.hover import hover
from tests.effort import IS_LONG
from tests.mutations.bundles import examples
from tests.mutations.planting import Files
from tests.rules.checking import bundle_of

WORKFLOW = "workflow_definition.yml"
Lines = list[str]
_LINE = re.compile(r", line \d+")
SPOKEN_OF_ALL = {"MFO305", "MFO309", "MFO311", "MFO409", "MFO807"}
"""What is said of a node because of all others, and so of none where one of them cannot be read."""


def _on_first(change: Callable[[str], str]) -> Callable[[Lines], Lines]:
    return lambda lines: [change(lines[0]), *lines[1:]]


def _on_second(change: Callable[[str], str]) -> Callable[[Lines], Lines]:
    return lambda lines: [lines[0], change(lines[1]), *lines[2:]]


def _value(new: str) -> Callable[[str], str]:
    """Writes something in place of a line's value, which stands for ``\\\\1``."""
    return lambda line: re.sub(r"(?<=: )(.*)$", new, line, count=1)


def _margin(lines: Lines) -> str:
    return lines[1][: len(lines[1]) - len(lines[1].lstrip())]


KINDS: dict[str, Callable[[Lines], Lines]] = {
    "a double quote is opened": _on_second(_value(r'"\1')),
    "a single quote is opened": _on_second(_value(r"'\1")),
    "the quote of the id is opened": _on_first(_value(r'"\1')),
    "a list is opened": _on_second(_value(r"[\1, other")),
    "a map is opened": _on_second(_value(r"{\1: other")),
    "a bracket is closed": _on_second(_value(r"]")),
    "a colon is missing": _on_second(lambda line: line.replace(":", "", 1)),
    "a space is missing behind a colon": _on_second(lambda line: line.replace(": ", ":", 1)),
    "there are two colons": _on_second(_value(r"\1: other")),
    "a word is left alone": lambda lines: [*lines[:2], f"{_margin(lines)}con", *lines[2:]],
    "a key is half typed": lambda lines: [*lines, f"{_margin(lines)}descr"],
    "a tab indents": _on_second(lambda line: "\t" + line.lstrip()),
    "a line stands too far left": _on_second(lambda line: line[1:]),
    "a line stands too far right": _on_second(lambda line: f"   {line}"),
    "the last line is torn": lambda lines: [*lines[:-1], lines[-1][: len(_margin(lines)) + 3]],
    "an alias is undefined": _on_second(_value("*nowhere")),
    "a template has no quotes": _on_second(_value("{{ .name }}")),
    "a letter is reserved": _on_second(_value(r"@\1")),
    "an escape is unknown": _on_second(_value(r'"\\q \1"')),
    "a block has a strange header": _on_second(_value("|x")),
    "a merge was left open": lambda lines: [
        lines[0],
        "<<<<<<< HEAD",
        *lines[1:2],
        "=======",
        ">>>>>>> theirs",
        *lines[2:],
    ],
    "nothing but a dash is left": lambda lines: [lines[0].split("-")[0] + "-"],
    "a text is left": lambda lines: [lines[0].split("-")[0] + '- "half of a task'],
    "a bracket is left": lambda lines: [
        lines[0].split("-")[0] + "- {" + lines[0].split("- ")[1] + ", type: [transform"
    ],
    "a key is written twice": lambda lines: [*lines[:2], *lines[1:]],
}


@dataclass(frozen=True, slots=True)
class Item:
    """A node's lines in its list."""

    id: str
    span: Span


def with_mistakes(text: str) -> str:
    """A workflow whose nodes all have a key that there is not."""
    return re.sub(r"^( *)- (id: .*)$", r"\1- \2\n\1  colour: red", text, flags=re.MULTILINE)


def snapshot_of(files: Files) -> Snapshot:
    return Snapshot(bundle_of(files))


def items_of(snapshot: Snapshot) -> list[Item]:
    text = snapshot.bundle.sources[WORKFLOW].text
    return [Item(view.id, whole_lines(text, view.node.mapping.span)) for view in in_lists(snapshot, text)]


def in_lists(snapshot: Snapshot, text: str) -> Iterator[NodeView]:
    for view in snapshot.nodes:
        start = view.node.mapping.span.start
        if not view.node.mapping.flow and text[:start].rsplit("\n", 1)[-1].strip() == "-":
            yield view


def told_in(findings: tuple[Finding, ...], span: Span) -> list[tuple[str, str, int]]:
    ours = [one for one in findings if one.place.document == WORKFLOW]
    inside = [one for one in ours if span.start <= one.place.span.start < span.end]
    return [(one.code, one.message, one.place.span.start - span.start) for one in inside]


def listed_in(snapshot: Snapshot, span: Span) -> list[tuple[str, str, str, int, int]]:
    found: list[tuple[str, str, str, int, int]] = []
    waiting: list[OutlineEntry] = list(document_symbols(snapshot, WORKFLOW))
    while waiting:
        entry = waiting.pop()
        waiting += entry.children
        if span.start <= entry.name_span.start < span.end:
            start, end = entry.name_span
            found.append((entry.name, entry.kind.value, entry.detail, start - span.start, end - span.start))
    return sorted(found)


def shown_in(snapshot: Snapshot, span: Span) -> list[tuple[int, str]]:
    text = snapshot.bundle.sources[WORKFLOW].text[span.start : span.end]
    found: list[tuple[int, str]] = []
    for word in re.finditer(r"[\w.]+", text):
        shown = hover(snapshot, WORKFLOW, span.start + word.start())
        found.append((word.start(), _LINE.sub("", shown.markdown) if shown is not None else ""))
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What a bundle says of each of its nodes."""

    items: list[Item]
    told: dict[str, list[tuple[str, str, int]]]
    listed: dict[str, list[tuple[str, str, str, int, int]]]
    shown: dict[str, list[tuple[int, str]]]


def known_of(snapshot: Snapshot, items: list[Item]) -> Known:
    findings = check_snapshot(snapshot)
    return Known(
        items,
        {item.id: told_in(findings, item.span) for item in items},
        {item.id: listed_in(snapshot, item.span) for item in items},
        {item.id: shown_in(snapshot, item.span) for item in items},
    )


@cache
def example(name: str) -> tuple[Files, Known]:
    files = examples()[name]
    files = {**files, WORKFLOW: with_mistakes(files[WORKFLOW])}
    snapshot = snapshot_of(files)
    return files, known_of(snapshot, items_of(snapshot))


def assert_as_before(before: Known, after: Known, broken: str, what: str) -> None:
    is_about = re.compile(rf"\b{re.escape(broken)}\b").search
    assert after.items
    for item in after.items:
        name = f"{what}, at {item.id}"
        wanted = [one for one in before.told[item.id] if not is_about(one[1]) and one[0] not in SPOKEN_OF_ALL]
        told = after.told[item.id]
        assert [one for one in wanted if one not in told] == [], name
        assert [one for one in told if one not in before.told[item.id]] == [], name
        assert after.listed[item.id] == before.listed[item.id], name
        pairs = zip(before.shown[item.id], after.shown[item.id], strict=True)
        assert [(one, other) for one, other in pairs if one != other and not is_about(one[1])] == [], name


def broken_at(text: str, item: Item, kind: str, others: list[Item]) -> tuple[str, list[Item]]:
    """The text with one node broken, and where the others stand then; those around and inside of it left out."""
    lines = text[item.span.start : item.span.end].rstrip("\n").split("\n")
    changed = text[: item.span.start] + "\n".join(KINDS[kind](lines)) + "\n" + text[item.span.end :]
    longer = len(changed) - len(text)
    before = [one for one in others if one.span.end <= item.span.start]
    behind = [Item(one.id, one.span.shifted(longer)) for one in others if one.span.start >= item.span.end]
    return changed, before + behind


def is_repeated_elsewhere(text: str, item: Item) -> bool:
    """Whether an alias repeats what is written in a node: without it, the other one is not whole either."""
    return any(f"*{name}" in text for name in re.findall(r"&(\w+)", text[item.span.start : item.span.end]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", examples())
def test_a_broken_task_costs_itself(name: str, kind: str) -> None:
    files, before = example(name)
    alone = [item for item in before.items if not is_repeated_elsewhere(files[WORKFLOW], item)]
    for item in alone if IS_LONG else random.Random(name + kind).sample(alone, 1):
        changed, others = broken_at(files[WORKFLOW], item, kind, before.items)
        after = known_of(snapshot_of({**files, WORKFLOW: changed}), others)
        assert_as_before(before, after, item.id, f"{kind} in {item.id}")
