"""A text that is being edited, and what is read from it, kept right by reading again only what an edit can have changed.

Its tree is that of ``parse`` at any time. A text is kept in blocks as long as nothing in it crosses them, and else read
whole at each edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax.blocks import Stretch
from mfo_dialect.syntax.blockwise import BlockTree
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.syntax.document import Problem, SyntaxTree, YamlDocument
from mfo_dialect.syntax.events import BEST_ENGINE, Engine
from mfo_dialect.syntax.judging import UndividableError, Work
from mfo_dialect.syntax.limits import BLOCK_LINES, MAX_LENGTH
from mfo_dialect.syntax.parser import collector_paused, read
from mfo_dialect.syntax.skipping import BlockLines
from mfo_dialect.syntax.stretches import ChangedBlock, Spare
from mfo_dialect.syntax.tree import Node
from mfo_dialect.text import LineIndex, Piece, PiecedLines, PiecedText, Span, TextEdit, edit_between
from mfo_dialect.text.lines import places_in


@dataclass(frozen=True, slots=True)
class Change:
    """What edits have changed in a tree.

    Attributes:
        is_whole: everything was read anew, and no node of before is there any more.
        removed: the blocks that went; empty if ``is_whole``.
        added: the blocks that came; empty if ``is_whole``. A block in neither is there with the very same nodes.
        problems: whether a problem went or came; they may have moved even if not.
        marked: the collections around blocks whose mark of damage came or went.
    """

    is_whole: bool
    removed: tuple[ChangedBlock, ...] = ()
    added: tuple[ChangedBlock, ...] = ()
    problems: bool = False
    marked: tuple[Node, ...] = ()


class LiveTree(SyntaxTree):
    """The tree of a text that is being edited.

    The nodes of collections that hold blocks stay the same while their blocks come and go: their ``items`` and
    ``pairs`` change. All other nodes never change but in place. It is not to be read in one thread while another
    applies edits.

    Attributes:
        reading: what is left to be read of the first text, a block at a time; one that something crosses is read in one step
            all the same.
    """

    __slots__ = ("_block_lines", "_blocks", "_crossing", "_engine", "_pieces", "_spare", "_whole", "_work", "reading")

    def __init__(
        self, text: str, engine: Engine = BEST_ENGINE, block_lines: int = BLOCK_LINES, *, in_steps: bool = False
    ) -> None:
        """Read ``text``; nothing makes this raise.

        Args:
            text: any text.
            engine: which YAML parser reads it; the tree does not depend on it.
            block_lines: how many lines a block may have that is not divided further.
            in_steps: leave it to ``reading`` to read the text; until that is done, there is none.
        """
        self._engine = engine
        self._block_lines = block_lines
        self._blocks: BlockTree | None = None
        self._whole: SyntaxTree | None = None
        self._crossing: dict[
            str, int
        ] = {}  # how often is written, at the last try, what kept the text from being divided
        self._spare: Spare = {}
        self._work = Work()
        self._pieces = PiecedText([Piece("")])
        self._lines = None
        self.reading = self._read_in_steps(text)
        if not in_steps:
            with collector_paused():
                at_once(self.reading)

    @property
    def text(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - as an attribute that cannot be set
        """The text as it is now; joined on demand and kept until the next edit."""
        return self._pieces.text

    @property
    def lines(self) -> LineIndex:
        """The text's lines, as they are at any time."""
        if self._lines is None:
            self._lines = PiecedLines(self._pieces) if self._blocks is None else BlockLines(self._pieces)
        return self._lines

    @property
    def documents(self) -> tuple[YamlDocument, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as text
        """The YAML documents of the text."""
        if self._blocks is not None:
            return (YamlDocument(self._blocks.root.node, Span(0, self._pieces.length)),)
        assert self._whole is not None
        return self._whole.documents

    @property
    def problems(self) -> tuple[Problem, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as text
        """What is wrong in the text, sorted by place."""
        if self._blocks is not None:
            return self._blocks.problems
        assert self._whole is not None
        return self._whole.problems

    @property
    def is_plain(self) -> bool:
        """Not known."""
        return False

    @property
    def comments(self) -> tuple[Comment, ...]:
        """All comments in the order in which they are written, found on demand in each block."""
        return self.comments_between(0, self._pieces.length)

    @property
    def is_divided(self) -> bool:
        """Whether the text is kept in blocks."""
        return self._blocks is not None

    @property
    def has_anchors(self) -> bool:
        """Whether a part of the text has an anchor or an alias; true as well where that is not known."""
        return self._blocks is None or self._blocks.has_anchors

    def holds(self, words: str) -> bool:
        """Whether some words, without a line break in them, stand anywhere in the text."""
        return self._pieces.holds(words)

    @property
    def is_ascii(self) -> bool:
        """Whether the text has no character beyond ASCII."""
        return self._pieces.is_ascii

    def piece_at(self, offset: int) -> Piece:
        """The stretch of the text that holds an offset; it stays the same object until something in it is edited."""
        return self._pieces.piece_at(offset)

    @property
    def work(self) -> Work:
        """How much was composed so far; of a text that is not divided, all of it at each edit."""
        return self._work

    def comments_between(self, start: int, end: int) -> tuple[Comment, ...]:
        """The comments of the blocks that ``text[start:end]`` touches."""
        if self._whole is not None:
            return self._whole.comments
        found: list[Comment] = []
        for piece in self._pieces.following(self._pieces.piece_at(start)):
            if piece.base > end:
                break
            if isinstance(piece, Stretch) and piece.comments:
                base = piece.base
                found += [replace(comment, span=comment.span.shifted(base)) for comment in piece.comments]
        return tuple(found)

    def apply(self, edits: Iterable[TextEdit]) -> Change:
        """Edit the text.

        Args:
            edits: one after the other; the offsets of each speak of the text after those before it. Each is drawn
                after the one before it is made, so that it may be worked out then; those of a sequence are made as one
                where the text is read whole at each edit.

        Raises:
            ValueError: an edit lies outside the text; those before it are done.
        """
        is_whole = False
        if isinstance(edits, Sequence) and len(edits) > 1 and self._blocks is None:
            edits = self._as_one(edits)
        for edit in edits:
            self._demand_inside(edit, self._pieces.length)
            if edit.span.start < edit.span.end or edit.new_text:
                is_whole = self._applied(edit) or is_whole
        if self._blocks is None:
            return Change(is_whole=is_whole, problems=is_whole)
        changes = self._blocks.taken_changes()
        return Change(is_whole=True, problems=True) if is_whole else Change(False, *changes)

    def _as_one(self, edits: Sequence[TextEdit]) -> Iterator[TextEdit]:
        """The one edit that does what all of them do; of some that are wrong, those before the first of these."""
        text = self.text
        for edit in edits:
            start, end = edit.span
            if not 0 <= start <= end <= len(text):
                yield self.edit_to(text)
            self._demand_inside(edit, len(text))
            text = text[:start] + edit.new_text + text[end:]
        yield self.edit_to(text)

    @staticmethod
    def _demand_inside(edit: TextEdit, length: int) -> None:
        start, end = edit.span
        if not 0 <= start <= end <= length:
            raise ValueError(f"edit {edit.span} lies outside the text")

    def edit_to(self, text: str) -> TextEdit:
        """The one edit that makes this text another one, as short as possible: for who is told all of the new text."""
        return edit_between(self.text, text)

    def _applied(self, edit: TextEdit) -> bool:
        """Make one edit; says whether everything was read anew."""
        start, end = edit.span
        blocks = self._blocks
        if blocks is None:
            self._read(self.text[:start] + edit.new_text + self.text[end:])
            return True
        before = replace(blocks.reader.work)
        try:
            blocks.edit(edit)
        except Exception as error:  # noqa: BLE001 - a text that is read whole is never wrong
            self._work.surprises += not isinstance(error, UndividableError)
            text = self.text
            self._spare = blocks.spare()
            self._read(text if blocks.is_written else text[:start] + edit.new_text + text[end:])
            return True
        self._count(blocks.reader.work, before)
        return False

    def _read(self, text: str) -> None:
        """Read everything anew."""
        with collector_paused():
            at_once(self._read_in_steps(text))

    def _read_in_steps(self, text: str) -> Steps[None]:
        self._lines = None
        self._blocks = self._whole = None
        if self._is_still_crossed(text):
            whole = read(text, self._engine, None)
            if not whole.problems:  # else what is broken may hide what crosses, and is mended in blocks
                self._take_whole(whole)
                return
        yield from self._divide(text)
        if self._blocks is not None:
            self._spare = {}
            self._pieces = self._blocks.pieces
            self._count(self._blocks.reader.work, Work())
        else:
            self._take_whole(read(text, self._engine, None))

    def _divide(self, text: str) -> Steps[None]:
        self._crossing = {}
        try:
            if len(text) <= MAX_LENGTH:
                spare = {key: [*leaves] for key, leaves in self._spare.items()}
                blocks = BlockTree(text, self._engine, self._block_lines, spare, in_steps=True)
                yield from blocks.reading
                self._blocks = blocks
        except UndividableError as error:
            words = [f"{mark}{name}" for name in error.crossing for mark in "&*"]
            self._crossing = {word: _count_outside_comments(text, word) for word in words}
        except Exception:  # noqa: BLE001 - as above
            self._work.surprises += 1

    def _take_whole(self, whole: SyntaxTree) -> None:
        self._whole = whole
        self._pieces = PiecedText([Piece(whole.text)])
        self._work.compositions += 1
        self._work.characters += len(whole.text)

    def _is_still_crossed(self, text: str) -> bool:
        """Whether a text cannot be divided as long as one was not in which these anchors and aliases stood as often."""
        crossing = self._crossing.items()
        return bool(crossing) and all(_count_outside_comments(text, word) == count for word, count in crossing)

    def _count(self, work: Work, before: Work) -> None:
        self._work.compositions += work.compositions - before.compositions
        self._work.characters += work.characters - before.characters


def _count_outside_comments(text: str, word: str) -> int:
    """How often a word stands in a text; a ``#`` is taken for a comment's wherever it is, as an estimate will do here."""
    return sum("#" not in text[text.rfind("\n", 0, at) + 1 : at] for at in places_in(text, word))


__all__ = ["Change", "ChangedBlock", "LiveTree"]
