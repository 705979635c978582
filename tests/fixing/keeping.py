"""What every fix must keep: comments, line ends, and all that it does not speak of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.bundle import Source, read_source
from mfo_dialect.analysis.suppressions import is_directive
from mfo_dialect.findings import Edit
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence
from mfo_dialect.text import Span
from mfo_workspace.fixing.moved import MovedPlaces

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
Path = tuple[str, ...]


def line_breaks(text: str) -> set[str]:
    """The sorts of line breaks in a text."""
    return set(_LINE_BREAK.findall(text))


def comments(text: str) -> Counter[str]:
    """The comments of a text that speak to people."""
    return Counter(one.text for one in read_source("workflow.yml", text).tree.comments if not is_directive(one))


def lost_comments(before: str, after: str) -> list[str]:
    return sorted((comments(before) - comments(after)).elements())


def leaves(source: Source) -> Iterator[tuple[Path, Scalar]]:
    """The scalars of a text with the keys above them; items of lists count as ``-``."""
    for document in source.tree.documents:
        if document.root is not None:
            yield from _leaves(document.root, ())


def _leaves(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _leaves(item, (*path, "-"))
    elif isinstance(node, Mapping):
        for pair in node.pairs:
            yield from _leaves(pair.key, (*path, "?"))
            yield from _leaves(pair.value, (*path, pair.key.source))


def moved_or_changed(before: str, after: str, edits: Iterable[Edit]) -> list[str]:
    """The scalars outside the edits that are not what and where they were."""
    edits = list(edits)
    moved = MovedPlaces((), edits)
    now = {node.span.start: (path, node) for path, node in leaves(read_source("workflow.yml", after))}
    keys = _renamed(before, edits)
    wrong: list[str] = []
    for path, node in leaves(read_source("workflow.yml", before)):
        if any(_touches(edit.place.span, node.span) for edit in edits):
            continue
        there = now.get(moved.offset(edits[0].place.document, node.span.start))
        if there is None or there[1].source != node.source or there[1].value != node.value:
            wrong.append(f"{'.'.join(path)}: {node.source!r} -> {there[1].source if there else None!r}")
        elif there[0] != path and not keys & set(path):
            wrong.append(f"{'.'.join(path)}: {node.source!r} is now {'.'.join(there[0])}")
    return wrong


def _renamed(before: str, edits: list[Edit]) -> set[str]:
    """What edits replace or move: a path through it may change."""
    return {
        node.source
        for _, node in leaves(read_source("workflow.yml", before))
        if any(_touches(edit.place.span, node.span) for edit in edits)
    }


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
