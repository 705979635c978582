"""What is read of a text that YAML cannot read as it is; most texts never get here, so that it is loaded when one does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from mfo_dialect.syntax.assembling import link_aliases, mark_all
from mfo_dialect.syntax.blockwise import BlockTree
from mfo_dialect.syntax.composing import Composition
from mfo_dialect.syntax.conflicts import without_conflicts
from mfo_dialect.syntax.document import Problem, ProblemKind, YamlDocument
from mfo_dialect.syntax.events import failure_in
from mfo_dialect.syntax.judging import UndividableError
from mfo_dialect.syntax.mending import Mender
from mfo_dialect.syntax.outline import Line, line_of, outline
from mfo_dialect.syntax.repairing import REPAIRED_KINDS, is_doubtful, repair
from mfo_dialect.syntax.tree import Origin, Scalar
from mfo_dialect.text import Span

if TYPE_CHECKING:
    from mfo_dialect.syntax.parser import Reading

_SEVERAL = 2
_DOCUMENT_MARK = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)")

Read: TypeAlias = tuple[tuple[YamlDocument, ...], list[Problem]]


def read_one_side(reading: Reading) -> Read | None:
    """The documents of a text with conflict markers, of every conflict the first side; None where there is none."""
    lines, conflicts = without_conflicts(_lines(reading))
    if not conflicts:
        return None
    composition = reading.composed("".join(line.text for line in lines))
    is_whole = composition.failure is None
    documents, found = reading.assembled(composition) if is_whole else _mended(reading, lines, composition)
    inside = [conflict.span for conflict in conflicts]
    mark_all(documents, conflicts)
    others = [problem for problem in found if not any(span.overlaps(problem.span) for span in inside)]
    return documents, [*conflicts, *others]


def recover(reading: Reading, composition: Composition) -> Read:
    """The documents of a stream that cannot be read as it is, and at least one problem."""
    return _divided(reading) or _mended(reading, _lines(reading), composition)


def _divided(reading: Reading) -> Read | None:
    """The one document of a text whose blocks can be told apart, each of them mended by itself."""
    if reading.block_lines is None or reading.base:
        return None
    try:
        blocks = BlockTree(reading.text, reading.engine, reading.block_lines)
    except UndividableError:
        return None
    return (YamlDocument(blocks.root.node, Span(0, len(reading.text))),), list(blocks.problems)


def _lines(reading: Reading) -> list[Line]:
    lines = outline(reading.readable)
    return [replace(line, start=line.start + reading.base) for line in lines] if reading.base else lines


def _mended(reading: Reading, lines: list[Line], composition: Composition) -> Read:
    """The documents of a stream that cannot be read as it is."""
    documents: list[YamlDocument] = []
    problems: list[Problem] = []
    for span, part in _documents(lines, len(reading.text)):
        mender = Mender(Origin(reading.text), reading.engine, reading.stand_ins)
        root = mender.block(part) if part else None
        if isinstance(root, Scalar) and root.is_missing and root.tag is None and root.anchor is None:
            root = None
        found = [*mender.found.problems, *link_aliases(mender.found.anchored, mender.found.aliases)]
        documents.append(YamlDocument(root, span))
        mark_all(documents[-1:], found)
        problems += found
    if not problems and composition.failure is not None:
        offset = min(composition.failure.offset + reading.base, len(reading.text))
        problems.append(Problem(ProblemKind.SYNTAX, "YAML cannot read the text from here on", Span(offset, offset)))
    return _repaired(reading, lines, problems) or (tuple(documents), problems)


def _repaired(reading: Reading, lines: list[Line], problems: list[Problem]) -> Read | None:
    """The documents as they are read with a few lines changed, where that explains several problems by few."""
    doubtful = [problem for problem in problems if problem.kind in REPAIRED_KINDS]
    if len(doubtful) < _SEVERAL and not any(is_doubtful(problem) for problem in doubtful):
        return None
    text = "".join(line.text for line in lines)
    shifted = [replace(line, start=line.start - reading.base) for line in lines] if reading.base else lines
    suspects = [replace(problem, span=problem.span.shifted(-reading.base)) for problem in doubtful]
    found = repair(text, shifted, suspects, lambda changed: failure_in(changed, reading.engine))
    if found is None:
        return None
    written = Origin(reading.text[reading.base :], reading.base)
    composition = found.replaced.compose(written, reading.engine, reading.stand_ins)
    if composition.failure is not None:
        return None
    documents, others = reading.assembled(composition)
    mended = [replace(problem, span=problem.span.shifted(reading.base)) for problem in found.problems]
    mark_all(documents, mended)
    return documents, [*mended, *others]


def _documents(lines: list[Line], length: int) -> Iterator[tuple[Span, list[Line]]]:
    """The lines of every document of a stream, its ``---`` blanked, and the span of it."""
    start = 0
    part: list[Line] = []
    marked = False
    for line in lines:
        mark = _DOCUMENT_MARK.match(line.text)
        if mark is None:
            directive = line.text.startswith("%") and not any(before.is_content for before in part)
            part.append(line.blanked() if directive else line)
            continue
        if marked or any(before.is_content for before in part):
            yield Span(start, line.start), part
            start, part = line.start, []
        marked = mark[0] == "---"
        part.append(line_of("   " + line.text[3:], line.start, line.number))
    if marked or any(before.is_content for before in part):
        yield Span(start, length), part
