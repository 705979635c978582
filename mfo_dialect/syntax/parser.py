"""Text to a syntax tree, whatever the text; it knows when to believe the text and when to mend it."""

from __future__ import annotations

import gc
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from mfo_dialect.syntax.assembling import link_aliases, mark_all
from mfo_dialect.syntax.composing import Composition, compose
from mfo_dialect.syntax.conflicts import has_conflict_markers
from mfo_dialect.syntax.document import Problem, ProblemKind, SyntaxTree, YamlDocument
from mfo_dialect.syntax.events import BEST_ENGINE, Engine, readable_text
from mfo_dialect.syntax.limits import BLOCK_LINES, MAX_LENGTH
from mfo_dialect.syntax.tree import Node, Origin, Scalar, Style
from mfo_dialect.text import Span

_BYTE_ORDER_MARK = "\ufeff"
_FORBIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]+"
_MAX_FORBIDDEN = 100
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
            reading = Reading(text, engine, block_lines)
            documents, problems = reading.result()
        except Exception:  # noqa: BLE001 - the promise of this function; the rest is tested not to need it
            problem = Problem(ProblemKind.SYNTAX, "YAML cannot read this text", Span(0, len(text)))
            return SyntaxTree(text, (), (problem,))
    in_order = tuple(sorted(problems, key=lambda problem: problem.span))
    return SyntaxTree(text, documents, in_order, is_plain=reading.is_plain)


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


class Reading:
    """The reading of one text."""

    def __init__(self, text: str, engine: Engine, block_lines: int | None = BLOCK_LINES) -> None:
        """Prepare to read; as for ``read``."""
        self.text = text
        self.engine = engine
        self.block_lines = block_lines
        self.base = 1 if text.startswith(_BYTE_ORDER_MARK) else 0
        readable, self.stand_ins = readable_text(text[self.base :])
        self.readable = readable
        self.is_plain = False

    def result(self) -> tuple[tuple[YamlDocument, ...], list[Problem]]:
        """The documents and all problems, in no order."""
        problems = list(_forbidden_characters(self.text)) if self.stand_ins else []
        composition = self.composed(self.readable)
        failed = composition.failure is not None
        if has_conflict_markers(self.readable) and (failed or _is_mere_text(composition.root)):
            from mfo_dialect.syntax.recovering import read_one_side  # noqa: PLC0415 - few texts have conflicts

            read = read_one_side(self)
            if read is not None:
                return read[0], problems + read[1]
        if failed:
            from mfo_dialect.syntax.recovering import recover  # noqa: PLC0415 - most texts can be read

            documents, found = recover(self, composition)
        else:
            documents, found = self.assembled(composition)
        return documents, problems + found

    def composed(self, readable: str) -> Composition:
        """What the engine reads of ``readable``, which is as long as the text."""
        return compose(Origin(self.text[self.base :], self.base), self.engine, self.stand_ins, readable)

    def assembled(self, composition: Composition) -> tuple[tuple[YamlDocument, ...], list[Problem]]:
        """The documents of a stream that could be read as it is."""
        self.is_plain = composition.is_plain and self.text.isascii()  # else names may yet be read otherwise
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
        mark_all(documents, problems)
        return documents, problems


def _is_mere_text(root: Node | None) -> bool:
    return root is None or (isinstance(root, Scalar) and root.style is Style.PLAIN)


def _forbidden_characters(text: str) -> Iterator[Problem]:
    for count, match in enumerate(re.finditer(_FORBIDDEN, text)):
        if count >= _MAX_FORBIDDEN:
            return
        message = f"the character U+{ord(match[0][0]):04X} is not allowed in YAML"
        yield Problem(ProblemKind.SYNTAX, message, Span(*match.span()))
