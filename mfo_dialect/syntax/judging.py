"""Reading one block: alone where that is enough, with what follows where it is not, mended where nothing helps.

A block that cannot be read alone is either broken, or a text in quotes or brackets runs on into the blocks behind it.
YAML is read from left to right: an engine that stops well before the end of what it was given would stop there
whatever follows. So more and more of the following text is looked at until it stops or goes on with the next block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass

from mfo_dialect.syntax.assembling import link_aliases, mark_damage
from mfo_dialect.syntax.blocks import Container, Leaf, Part, PieceOrigin, nodes_of, with_lead
from mfo_dialect.syntax.composing import Composition, compose
from mfo_dialect.syntax.dividing import has_own_value, is_crossed
from mfo_dialect.syntax.document import Problem, ProblemKind
from mfo_dialect.syntax.events import Engine, Failure, failure_in
from mfo_dialect.syntax.mending import Mender
from mfo_dialect.syntax.outline import Kind, Line, outline
from mfo_dialect.syntax.partition import last_head
from mfo_dialect.syntax.repairing import REPAIRED_KINDS, is_doubtful, repair
from mfo_dialect.syntax.tree import Alias, Mapping, Node, Origin, Sequence
from mfo_dialect.text import PiecedText, Span

_LOOKAHEAD = 400
_SEVERAL = 2
_CLOSING = {
    '"': re.compile(r"""\\.|(?P<close>")""", re.DOTALL),
    "'": re.compile(r"""''|(?P<close>')"""),
}
_AFTER_QUOTE = re.compile(r"[ \t]*(?:[,:\]}#\r\n]|\Z)")
_UNREADABLE = "YAML cannot read the text from here on"


class UndividableError(Exception):
    """The blocks of a collection cannot be told apart after all; None stands for the whole text."""

    def __init__(self, container: Container | None, crossing: Iterable[str] = ()) -> None:
        """Give ``container`` up; ``crossing`` are the anchors because of which, if that is why."""
        super().__init__("the blocks of a collection cannot be told apart")
        self.container = container
        self.crossing = tuple(crossing)


@dataclass(slots=True)
class Work:
    """How much was composed: the number of stretches, and of their code points.

    ``surprises`` counts what we could not do although we should: the text was read whole instead.
    """

    compositions: int = 0
    characters: int = 0
    surprises: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a block that cannot be read alone is.

    Attributes:
        joined: how many characters from its start on are one legal text; 0 where it is broken.
        seen: how many characters from its start on the verdict depends on.
        awaited: a quote that must not stand behind them; or nothing.
    """

    joined: int
    seen: int
    awaited: str = ""


class BlockReader:
    """Reads blocks with one engine.

    Attributes:
        engine: who reads.
        work: how much it has read so far.
    """

    def __init__(self, engine: Engine) -> None:
        """Read with ``engine``."""
        self.engine = engine
        self.work = Work()

    def compose(self, origin: Origin, readable: str, depth: int = 0) -> Composition:
        """Compose a stretch, and count it."""
        self.work.compositions += 1
        self.work.characters += len(readable)
        return compose(origin, self.engine, None, readable, depth=depth)

    def leaf(self, text: str, lead: int, container: Container) -> tuple[Leaf, Composition]:
        """A block read alone, which stands nowhere yet; it is sound if that gives what its collection needs."""
        leaf = Leaf(text, lead, container)
        composition = self.compose(PieceOrigin(text, leaf), leaf.readable, container.depth)
        parts = sound_parts(composition, is_list=container.frame.is_list)
        leaf.seen = len(text)
        if parts is not None:
            leaf.is_sound = True
            _adopt(leaf, parts, composition.problems, composition.anchored, composition.aliases)
        return leaf, composition

    def judged(self, leaf: Leaf, text: PiecedText) -> Leaf:
        """What stands where an unsound ``leaf`` stands in ``text``: as long as it where broken, else longer.

        Raises:
            UndividableError: its collection cannot be divided.
        """
        container = _container(leaf)
        alone, composition = self.leaf(leaf.text, leaf.lead, container)
        verdict = self._verdict(leaf, composition, text)
        if verdict.joined:
            joined, _ = self.leaf(text.slice(leaf.base, leaf.base + verdict.joined), leaf.lead, container)
            if joined.is_sound:
                joined.is_sound = False
                joined.seen = verdict.seen
                return joined
        mended = self._mended(alone, composition)
        mended.seen, mended.awaited = verdict.seen, verdict.awaited
        return mended

    def _verdict(self, leaf: Leaf, composition: Composition, text: PiecedText) -> Verdict:
        if _stop(composition, leaf.text) < _last_line(leaf.text):
            return Verdict(0, len(leaf.text))
        scaffold = _scaffold(_container(leaf))
        size = len(leaf.text) + _LOOKAHEAD
        while True:
            window, is_all = _window(leaf, size, text)
            readable = scaffold + with_lead(window, leaf.lead)
            composition = self.compose(Origin(readable), readable)
            stop = _stop(composition, readable) - len(scaffold)
            failure = composition.failure
            if failure is not None and not is_all and stop >= _last_line(window):
                quote = _open_quote(failure, readable)
                closed = _closing(quote, leaf.base + len(window), text) if quote else None
                if quote and closed is None:
                    return Verdict(0, len(window), quote)
                if closed is not None and closed.is_followed:
                    return Verdict(0, closed.place - leaf.base)
                size = max(2 * len(window), closed.place - leaf.base + _LOOKAHEAD if closed is not None else 0)
                continue
            joined = self._joined(leaf, window, composition, scaffold, is_all=is_all)
            if joined is not None:
                return Verdict(joined, len(window))
            size = 2 * len(window)

    def _joined(self, leaf: Leaf, window: str, composition: Composition, scaffold: str, *, is_all: bool) -> int | None:
        """How long the block is that starts at ``leaf``; 0 if it is broken, None if the window does not tell.

        Args:
            leaf: the block.
            window: the text from its start on.
            composition: what reading ``scaffold`` and the window gave.
            scaffold: the lines before.
            is_all: whether the window goes on to the end of the text.
        """
        container = _container(leaf)
        end = container.last.end - leaf.base
        siblings = _siblings(composition, container)
        readable = with_lead(window, leaf.lead)
        if len(siblings.starts) > 1:
            if siblings.starts[1] - len(scaffold) > end:
                raise UndividableError(None)
            border = last_head(container.frame, readable, siblings.starts[1] - len(scaffold))
        elif composition.failure is not None:
            stop = composition.failure.offset - len(scaffold)
            border = end if stop >= end else last_head(container.frame, readable, stop)
        elif siblings.goes_on or is_all:
            if siblings.end - len(scaffold) > end:
                raise UndividableError(None)
            border = end
        else:
            return None
        return border if border > len(leaf.text) else 0

    def _mended(self, leaf: Leaf, composition: Composition) -> Leaf:
        """The block with what can be read of it; ``leaf`` is it, and still stands nowhere."""
        container = _container(leaf)
        origin = PieceOrigin(leaf.text, leaf)
        lines = outline(leaf.readable)
        mender = Mender(origin, self.engine, None)
        found = mender.found
        if container.frame.is_list:
            items = mender.items(lines, container.frame.indent)
            if len(items) > 1 and len(container.children) == 1:
                raise UndividableError(container)  # the first item may be the one that stands at a wrong column
            parts: tuple[Part, ...] = tuple(node for _, _, node in items)
            end = max((end for _, end, _ in items), default=-1)
        else:
            _refuse_misplaced(lines, container)
            pairs = mender.entries(lines)
            parts = tuple(pairs)
            end = max((pair.span.end for pair in pairs), default=-1)
        self.work.compositions += 1
        self.work.characters += len(leaf.text)
        leaf.is_broken = leaf.is_harmed = True
        if self._repaired(leaf, origin, lines, found.problems):
            return leaf
        if not found.problems:
            failure = composition.failure
            place = lines[0].margin if failure is None else min(failure.offset, len(leaf.text))
            found.problems.append(Problem(ProblemKind.SYNTAX, _UNREADABLE, Span(place, place)))
        _adopt(leaf, parts, found.problems, found.anchored, found.aliases)
        leaf.end_place = end
        return leaf

    def _repaired(self, leaf: Leaf, origin: Origin, lines: list[Line], problems: list[Problem]) -> bool:
        """Read a block with a few lines changed, where that explains several problems by few; says whether it does."""
        doubtful = [problem for problem in problems if problem.kind in REPAIRED_KINDS]
        if len(doubtful) < _SEVERAL and not any(is_doubtful(problem) for problem in doubtful):
            return False
        found = repair(leaf.readable, lines, doubtful, lambda changed: failure_in(changed, self.engine))
        if found is None:
            return False
        composition = found.replaced.compose(origin, self.engine, None)
        parts = sound_parts(composition, is_list=_container(leaf).frame.is_list)
        if parts is None:
            return False
        _adopt(leaf, parts, [*found.problems, *composition.problems], composition.anchored, composition.aliases)
        return True


def _container(leaf: Leaf) -> Container:
    assert leaf.container is not None
    return leaf.container


def sound_parts(composition: Composition, *, is_list: bool) -> tuple[Part, ...] | None:
    """The items or pairs of a block read alone; None where it is not what its collection consists of."""
    root = composition.root
    if composition.failure is not None or len(composition.documents) != 1 or root is None:
        return None
    if is_list:
        return root.items if isinstance(root, Sequence) and not root.flow and _is_bare(root) else None
    return root.pairs if isinstance(root, Mapping) and not root.flow and _is_bare(root) else None


def _is_bare(root: Node) -> bool:
    return root.tag is None and root.anchor is None


def _adopt(
    leaf: Leaf,
    parts: tuple[Part, ...],
    problems: SequenceOf[Problem],
    anchored: SequenceOf[Node],
    aliases: SequenceOf[Alias],
) -> None:
    """Give a block that still stands nowhere its nodes."""
    leaf.parts = parts
    leaf.end_place = max((node.span.end for node in nodes_of(parts)), default=-1)
    if anchored or aliases:
        problems = [*problems, *link_aliases(anchored, aliases)]
        leaf.anchors = tuple(node.anchor for node in anchored if node.anchor is not None)
        leaf.undefined = tuple(alias.name for alias in aliases if alias.target is None)
    if problems:
        leaf.problems = tuple(sorted(problems, key=lambda problem: problem.span))
        leaf.is_harmed = leaf.is_harmed or any(
            problem.kind is not ProblemKind.DUPLICATE_ANCHOR for problem in leaf.problems
        )
        for node in nodes_of(parts):
            inside = [problem for problem in leaf.problems if _holds(node.span, problem.span)]
            if any(problem.kind is not ProblemKind.DUPLICATE_ANCHOR for problem in inside):
                mark_damage(node, inside)


def _holds(span: Span, inner: Span) -> bool:
    return span.start <= inner.start and inner.end <= span.end


def _stop(composition: Composition, text: str) -> int:
    """Where an engine stopped; behind the text where it did not."""
    return len(text) + 1 if composition.failure is None else composition.failure.offset


def _last_line(text: str) -> int:
    """Where the last line starts: an engine that stops before has seen enough."""
    return text.rstrip("\r\n").rfind("\n") + 1


def _scaffold(container: Container) -> str:
    """Lines after which an engine stands where it does before a block that is not its collection's first."""
    lines: list[str] = []
    for around in reversed(list(container.around())):
        margin = " " * around.frame.indent
        is_inner = around is container
        if around.frame.is_list:
            lines.append(f'{margin}- ""\n' if is_inner else f"{margin}-\n")
        else:
            lines.append(f'{margin}k: ""\n' if is_inner else f"{margin}k:\n")
    return "".join(lines)


def _window(leaf: Leaf, size: int, text: PiecedText) -> tuple[str, bool]:
    """At least ``size`` characters from the start of a block on, in whole lines; whether these are all there are."""
    base = leaf.base
    end = min(base + size, text.length)
    if end < text.length:
        piece = text.piece_at(end)
        place = piece.text.find("\n", end - piece.base) + 1
        end = piece.base + place if place else piece.end
    return text.slice(base, end), end >= text.length


def _open_quote(failure: Failure, readable: str) -> str:
    """The quote in which the engine met the end of the text; or nothing."""
    quote = readable[failure.context : failure.context + 1] if failure.context >= 0 else ""
    return quote if quote in {'"', "'"} and "end of stream" in failure.problem else ""


@dataclass(frozen=True, slots=True)
class _Closing:
    """Where a text in quotes ends: behind the line break that follows, and whether what follows on the line is wrong."""

    place: int
    is_followed: bool


def _closing(quote: str, offset: int, text: PiecedText) -> _Closing | None:
    """The end of a text in quotes that is open at the start of the line at ``offset``; None where there is none."""
    for piece in text.following_with(quote, text.piece_at(offset)):
        start = max(offset - piece.base, 0)
        for match in _CLOSING[quote].finditer(piece.text, start):
            if match["close"]:
                rest = _AFTER_QUOTE.match(piece.text, match.end())
                place = piece.text.find("\n", match.end()) + 1 or len(piece.text)
                return _Closing(piece.base + place, rest is None)
    return None


@dataclass(frozen=True, slots=True)
class _Siblings:
    """What stands behind a scaffold: where each block starts, where the last one ends, and whether more follows."""

    starts: tuple[int, ...]
    end: int
    goes_on: bool


def _siblings(composition: Composition, container: Container) -> _Siblings:
    node = composition.root
    goes_on = False
    for around in reversed(list(container.around())[1:]):
        if around.frame.is_list and isinstance(node, Sequence) and node.items:
            goes_on = goes_on or bool(node.items[1:])
            node = node.items[0]
        elif isinstance(node, Mapping) and node.pairs:
            goes_on = goes_on or bool(node.pairs[1:])
            node = node.pairs[0].value
        else:
            return _Siblings((), 0, goes_on)
    if isinstance(node, Sequence) and container.frame.is_list:
        return _Siblings(tuple(item.span.start for item in node.items[1:]), node.span.end, goes_on)
    if isinstance(node, Mapping) and not container.frame.is_list:
        return _Siblings(tuple(pair.key.span.start for pair in node.pairs[1:]), node.span.end, goes_on)
    return _Siblings((), 0, goes_on)


def _refuse_misplaced(lines: list[Line], container: Container) -> None:
    """Give the division up where what is broken may be a line that was dedented out of the block before.

    Raises:
        UndividableError: it may.
    """
    is_stray = lines[0].kind is not Kind.KEY or has_own_value(lines[0]) or is_crossed(lines)
    if is_stray and any(line.is_content for line in lines[1:]):
        raise UndividableError(container)
