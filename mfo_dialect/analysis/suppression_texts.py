"""Text that looks like a suppressing comment: a ``#`` inside a block scalar or quotes, where YAML knows no comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Place
from mfo_dialect.records import record
from mfo_dialect.syntax.navigation import walk
from mfo_dialect.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from mfo_dialect.text import Span

_SIGN = "mfo:"
_LIKE_A_COMMENT = re.compile(r"(?<!\S)#[ \t]*mfo:[ \t]*ignore(?:-file)?[ \t]*\[(?P<names>[^\]\r\n]*)\][^\r\n]*")
_BLOCKS = (Style.LITERAL, Style.FOLDED)


@record
class SuppressionText:
    """One such text.

    Attributes:
        place: from its ``#`` to the end of its line or of the scalar.
        names: what stands between the brackets.
        covered: where findings would start that it is meant for.
        key: the key whose value it is part of; empty where that is an item of a list.
        moving: edits that make a comment of it, on the line of the key; none where that line has no room for one.
    """

    place: Place
    names: tuple[str, ...]
    covered: Span
    key: str
    moving: tuple[Edit, ...]


def suppression_texts(snapshot: Snapshot) -> Iterator[SuppressionText]:
    """All such texts of the home documents."""
    for source in snapshot.sources:
        if source.holds(_SIGN) and source.is_ours:
            for key, scalar in _values(source):
                yield from _in_scalar(source, key, scalar)


def _values(source: Source) -> Iterator[tuple[str, Scalar]]:
    """The scalars that are values, each with its key."""
    for document in source.tree.documents:
        for node in walk(document.root) if document.root is not None else ():
            for key, value in _children(node):
                if isinstance(value, Scalar) and value.style is not Style.PLAIN and _SIGN in value.text:
                    yield key, value


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Mapping):
        yield from ((pair.name or "", pair.value) for pair in node.pairs)
    elif isinstance(node, Sequence):
        yield from (("", item) for item in node.items)


def _in_scalar(source: Source, key: str, scalar: Scalar) -> Iterator[SuppressionText]:
    lines, text = source.tree.lines, source.text
    first = lines.line_of(scalar.span.start)
    is_block = scalar.style in _BLOCKS
    start = lines.line_start(first + 1) if is_block else scalar.span.start + 1
    end = scalar.span.end if is_block else scalar.span.end - 1
    for match in _LIKE_A_COMMENT.finditer(text, start, end):
        line = lines.line_of(match.start())
        line_start = lines.line_start(line)
        before = text[line_start : match.start()]
        is_alone = not before.strip()
        covered = line + 1 if is_alone and is_block else line
        names = tuple(name for part in match["names"].split(",") if (name := part.strip()))
        removed = Span(line_start, lines.line_start(line + 1))
        if not is_alone:
            removed = Span(line_start + len(before.rstrip()), match.end())
        yield SuppressionText(
            Place(source.key, Span(*match.span())),
            names,
            Span(lines.line_start(covered), lines.line_start(covered) + len(lines.line_text(covered))),
            key,
            _moved(source, first, removed, match[0]) if is_block else (),
        )


def _moved(source: Source, header: int, removed: Span, comment: str) -> tuple[Edit, ...]:
    written = source.tree.lines.line_text(header).rstrip()
    if "#" in written:
        return ()
    end = source.tree.lines.line_start(header) + len(written)
    return (
        Edit(Place(source.key, Span(end, end)), f" {comment.rstrip()}"),
        Edit(Place(source.key, removed), ""),
    )
