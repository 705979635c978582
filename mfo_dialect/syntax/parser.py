"""Text to a syntax tree, whatever the text; it knows when to believe the text and when to mend it."""

from __future__ import annotations

import gc
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

from mfo_dialect.syntax.assembling import link_aliases, mark_damage
from mfo_dialect.syntax.blockwise import MAX_LENGTH, BlockTree
from mfo_dialect.syntax.composing import Composition, compose
from mfo_dialect.syntax.conflicts import has_conflict_markers, without_conflicts
from mfo_dialect.syntax.document import Problem, ProblemKind, SyntaxTree, YamlDocument
from mfo_dialect.syntax.events import BEST_ENGINE, Engine, failure_in, readable_text
from mfo_dialect.syntax.judging import UndividableError
from mfo_dialect.syntax.mending import Mender
from mfo_dialect.syntax.outline import Line, line_of, outline
from mfo_dialect.syntax.reading_blocks import BLOCK_LINES
from mfo_dialect.syntax.repairing import REPAIRED_KINDS, is_doubtful, repair
from mfo_dialect.syntax.tree import Node, Origin, Scalar, Style
from mfo_dialect.text import Span

_SEVERAL = 2
_BYTE_ORDER_MARK = "\ufeff"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]+")
_MAX_FORBIDDEN = 100
_DOCUMENT_MARK = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)")
_TOO_LARGE = f"longer than {MAX_LENGTH // (1024 * 1024)} Mi characters; it is not read"


def parse(text: str, engine: Engine = BEST_ENGINE) -> SyntaxTree:
    """Read a text.

    Args:
        text: any text; nothing makes this raise.
        engine: which YAML parser reads it; the tree does not depend on it.

    Returns:
        The tree, as much of it as can be read, and the problems, sorted by place.
    """
    return read(text, engine, BLOCK_LINES)


def read(text: str, engine: Engine, block_lines: int | None) -> SyntaxTree:
    """Read a text as ``parse`` does.

    Args:
        text: any text.
        engine: who reads.
        block_lines: how many lines a block may have that is mended as one; None where the text is not to be divided.
    """
    if len(text) > MAX_LENGTH:
        return SyntaxTree(text, (), (Problem(ProblemKind.TOO_LARGE, _TOO_LARGE, Span(0, 0)),))
    with collector_paused():
        try:
            documents, problems = _Reading(text, engine, block_lines).result()
        except Exception:  # noqa: BLE001 - the promise of this function; the rest is tested not to need it
            problem = Problem(ProblemKind.SYNTAX, "YAML cannot read this text", Span(0, len(text)))
            return SyntaxTree(text, (), (problem,))
    return SyntaxTree(text, documents, tuple(sorted(problems, key=lambda problem: problem.span)))


@contextmanager
def collector_paused() -> Generator[None]:
    """Keep the garbage collector from walking a tree while it grows; nothing in it is garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reading:
    """The reading of one text."""

    def __init__(self, text: str, engine: Engine, block_lines: int | None = BLOCK_LINES) -> None:
        self.text = text
        self.engine = engine
        self.block_lines = block_lines
        self.base = 1 if text.startswith(_BYTE_ORDER_MARK) else 0
        readable, self.stand_ins = readable_text(text[self.base :])
        self.readable = readable

    def result(self) -> tuple[tuple[YamlDocument, ...], list[Problem]]:
        problems = list(_forbidden_characters(self.text)) if self.stand_ins else []
        composition = self.composed(self.readable)
        failed = composition.failure is not None
        if has_conflict_markers(self.readable) and (failed or _is_mere_text(composition.root)):
            lines, conflicts = without_conflicts(self.lines())
            if conflicts:
                documents, found = self.without_conflicts(lines)
                inside = [conflict.span for conflict in conflicts]
                problems += conflicts
                problems += [problem for problem in found if not any(span.overlaps(problem.span) for span in inside)]
                _mark_all(documents, conflicts)
                return documents, problems
        if failed:
            documents, found = self.divided() or self.mended(self.lines(), composition)
        else:
            documents, found = self.assembled(composition)
        return documents, problems + found

    def divided(self) -> tuple[tuple[YamlDocument, ...], list[Problem]] | None:
        """The one document of a text whose blocks can be told apart, each of them mended by itself."""
        if self.block_lines is None or self.base:
            return None
        try:
            blocks = BlockTree(self.text, self.engine, self.block_lines)
        except UndividableError:
            return None
        return (YamlDocument(blocks.root.node, Span(0, len(self.text))),), list(blocks.problems)

    def composed(self, readable: str) -> Composition:
        return compose(Origin(self.text[self.base :], self.base), self.engine, self.stand_ins, readable)

    def lines(self) -> list[Line]:
        lines = outline(self.readable)
        return [replace(line, start=line.start + self.base) for line in lines] if self.base else lines

    def without_conflicts(self, lines: list[Line]) -> tuple[tuple[YamlDocument, ...], list[Problem]]:
        composition = self.composed("".join(line.text for line in lines))
        return self.assembled(composition) if composition.failure is None else self.mended(lines, composition)

    def assembled(self, composition: Composition) -> tuple[tuple[YamlDocument, ...], list[Problem]]:
        """The documents of a stream that could be read as it is."""
        starts = [start + self.base for _, start in composition.documents]
        starts[:1] = [0] if starts else []
        ends = [*starts[1:], len(self.text)][: len(starts)]
        documents = tuple(
            YamlDocument(root, Span(start, end))
            for (root, _), start, end in zip(composition.documents, starts, ends, strict=True)
        )
        problems = [*composition.problems]
        for document in documents:
            inside = document.span
            anchored = [node for node in composition.anchored if inside.start <= node.span.start < inside.end]
            aliases = [node for node in composition.aliases if inside.start <= node.span.start < inside.end]
            problems += link_aliases(anchored, aliases)
        _mark_all(documents, problems)
        return documents, problems

    def mended(self, lines: list[Line], composition: Composition) -> tuple[tuple[YamlDocument, ...], list[Problem]]:
        """The documents of a stream that cannot be read as it is."""
        documents: list[YamlDocument] = []
        problems: list[Problem] = []
        for span, part in _documents(lines, len(self.text)):
            mender = Mender(Origin(self.text), self.engine, self.stand_ins)
            root = mender.block(part) if part else None
            if isinstance(root, Scalar) and root.is_missing and root.tag is None and root.anchor is None:
                root = None
            found = [*mender.found.problems, *link_aliases(mender.found.anchored, mender.found.aliases)]
            documents.append(YamlDocument(root, span))
            _mark_all(documents[-1:], found)
            problems += found
        if not problems and composition.failure is not None:
            offset = min(composition.failure.offset + self.base, len(self.text))
            problems.append(Problem(ProblemKind.SYNTAX, "YAML cannot read the text from here on", Span(offset, offset)))
        return self.repaired(lines, problems) or (tuple(documents), problems)

    def repaired(
        self, lines: list[Line], problems: list[Problem]
    ) -> tuple[tuple[YamlDocument, ...], list[Problem]] | None:
        """The documents as they are read with a few lines changed, where that explains several problems by few."""
        doubtful = [problem for problem in problems if problem.kind in REPAIRED_KINDS]
        if len(doubtful) < _SEVERAL and not any(is_doubtful(problem) for problem in doubtful):
            return None
        text = "".join(line.text for line in lines)
        shifted = [replace(line, start=line.start - self.base) for line in lines] if self.base else lines
        suspects = [replace(problem, span=problem.span.shifted(-self.base)) for problem in doubtful]
        found = repair(text, shifted, suspects, lambda changed: failure_in(changed, self.engine))
        if found is None:
            return None
        written = Origin(self.text[self.base :], self.base)
        composition = found.replaced.compose(written, self.engine, self.stand_ins)
        if composition.failure is not None:
            return None
        documents, others = self.assembled(composition)
        mended = [replace(problem, span=problem.span.shifted(self.base)) for problem in found.problems]
        _mark_all(documents, mended)
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


def _mark_all(documents: tuple[YamlDocument, ...] | list[YamlDocument], problems: list[Problem]) -> None:
    for document in documents:
        inside = [problem for problem in problems if document.span.overlaps(problem.span)]
        if document.root is not None:
            mark_damage(document.root, inside)


def _is_mere_text(root: Node | None) -> bool:
    return root is None or (isinstance(root, Scalar) and root.style is Style.PLAIN)


def _forbidden_characters(text: str) -> Iterator[Problem]:
    for count, match in enumerate(_FORBIDDEN.finditer(text)):
        if count >= _MAX_FORBIDDEN:
            return
        message = f"the character U+{ord(match[0][0]):04X} is not allowed in YAML"
        yield Problem(ProblemKind.SYNTAX, message, Span(*match.span()))
