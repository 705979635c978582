"""What the mending of one document has found so far, and the best guess at single values that cannot be read.

It knows stretches of lines and their problems, not how blocks are divided.
"""

from __future__ import annotations

from mfo_dialect.syntax.composing import Composition, compose
from mfo_dialect.syntax.dividing import content_span, first_character
from mfo_dialect.syntax.document import Problem, ProblemKind
from mfo_dialect.syntax.events import Engine, Failure, StandIns
from mfo_dialect.syntax.mistakes import Mistake, find_mistake
from mfo_dialect.syntax.outline import Line, tight_colon, word_end
from mfo_dialect.syntax.tree import Alias, Mapping, Node, Origin, Scalar, Sequence, Style
from mfo_dialect.text import Span

INDENT_MESSAGE = "the indentation fits nothing above"
UNEVEN_ITEM_MESSAGE = f"{INDENT_MESSAGE}: the keys of an item start in one column"
_TAB_MESSAGE = "a tab cannot indent YAML: use spaces"
_MAX_PROBLEMS = 500
_EFFORT = 16
_BASE_EFFORT = 200_000
_MAX_VERDICT = 20_000


class Salvage:
    """What was read and what is wrong, and the effort that is left.

    Attributes:
        problems: what is wrong, in the order in which it was found.
        anchored: the nodes with an anchor that were read.
        aliases: the aliases that were read.
        origin: the whole text, for nodes that are put together from several stretches.
    """

    def __init__(self, origin: Origin, engine: Engine, stand_ins: StandIns | None) -> None:
        """Salvage parts of a text; lines given later are parts of it, perhaps with letters that stand in for others."""
        self.text = text = origin.text
        self.engine = engine
        self.stand_ins = stand_ins
        self.origin = origin
        self.problems: list[Problem] = []
        self.anchored: list[Node] = []
        self.aliases: list[Alias] = []
        self._effort = _BASE_EFFORT + _EFFORT * len(text)
        self._spent = False

    @property
    def has_effort(self) -> bool:
        """Whether enough effort is left for trying things that mostly fail."""
        return self._effort > _BASE_EFFORT // 2

    def compose(self, lines: list[Line]) -> Composition:
        """Read a stretch of neighbouring lines alone; fails without a try once the effort is spent."""
        start, end = lines[0].start, lines[-1].end
        self._effort -= end - start
        if self._effort < 0:
            if not self._spent:
                self._spent = True
                span = Span(start, start)
                self.problems.append(Problem(ProblemKind.SYNTAX, "too many mistakes: the rest is not read", span))
            spent = Composition()
            spent.failure = Failure("too many mistakes", 0)
            return spent
        readable = "".join(line.text for line in lines)
        return compose(self.origin.part(start, end), self.engine, self.stand_ins, readable)

    def adopt(self, composition: Composition) -> Composition:
        """Keep what a composition found beside its nodes; returns it."""
        self.anchored += composition.anchored
        self.aliases += composition.aliases
        self.problems += composition.problems
        return composition

    def report(self, kind: ProblemKind, message: str, span: Span) -> None:
        """Report a mistake, unless one at the same place was just reported or there are too many already."""
        if len(self.problems) < _MAX_PROBLEMS and not any(problem.span == span for problem in self.problems[-3:]):
            self.problems.append(Problem(kind, message, span))

    def value(self, lines: list[Line], start: int, composition: Composition) -> Node | None:
        """The best guess at a value that cannot be read; says what is wrong with it.

        Args:
            lines: the lines that hold it, and perhaps its key.
            start: the offset in the text at which it starts.
            composition: what reading the lines gave.
        """
        base = lines[0].start
        readable = "".join(line.text for line in lines)
        failure = composition.failure or Failure("", len(readable))
        mistake = find_mistake(readable, start - base, lambda: self._verdict(readable, failure))
        self.report(mistake.kind, mistake.message, Span(base + mistake.start, base + mistake.end))
        if mistake.raw is not None:
            return self._raw(mistake.raw, base)
        return self._completed(readable, base, start, mistake) or self._found(composition, start)

    def _completed(self, readable: str, base: int, start: int, mistake: Mistake) -> Node | None:
        """The value with its quotes and brackets closed."""
        if not mistake.closing:
            return None
        blank = " " * (start - base)
        origin = self.origin.part(base, base + mistake.cut)
        self._effort -= mistake.cut
        completed = blank + readable[start - base : mistake.cut] + mistake.closing
        composition = compose(origin, self.engine, self.stand_ins, completed)
        if composition.failure is not None:
            return None
        node = self.adopt(composition).root
        if node is not None:
            node.damaged = True
        return node

    def _found(self, composition: Composition, start: int) -> Node | None:
        """The part of a value that was read before the mistake."""
        node = composition.root
        for _ in range(3):
            if node is None or node.span.start >= start:
                break
            if isinstance(node, Mapping) and node.pairs:
                node = node.pairs[-1].value
            elif isinstance(node, Sequence) and node.items:
                node = node.items[-1]
        if node is None or node.span.start < start:
            return None
        self.adopt(composition)
        node.damaged = True
        return node

    def _raw(self, raw: tuple[int, int], base: int) -> Scalar:
        """A value taken as it is written."""
        start, end = raw[0] + base, raw[1] + base
        source = self.text[start:end]
        quote = source[:1]
        if quote not in {'"', "'"}:
            return Scalar(self.origin, start, end, source, Style.PLAIN)
        text = source[1:-1] if len(source) > 1 and source.endswith(quote) else source[1:]
        return Scalar(self.origin, start, end, text, Style(quote))

    def nothing(self, offset: int) -> Scalar:
        """A value that is lost, at the place where it should stand."""
        node = Scalar(self.origin, offset, offset, "", Style.PLAIN)
        node.damaged = True
        return node

    def report_verdict(self, lines: list[Line], start: int, failure: Failure) -> None:
        """Report what is wrong with the value at the offset ``start``, of which nothing is kept."""
        base = lines[0].start
        readable = "".join(line.text for line in lines)
        mistake = find_mistake(readable, start - base, lambda: self._verdict(readable, failure))
        self.report(mistake.kind, mistake.message, Span(base + mistake.start, base + mistake.end))

    def _verdict(self, readable: str, failure: Failure) -> Failure:
        """The failure in the words of the engine in Python, so that places and words never depend on the engine."""
        if self.engine is Engine.PURE or len(self.problems) >= _MAX_PROBLEMS or len(readable) > _MAX_VERDICT:
            return failure
        return compose(Origin(readable), Engine.PURE).failure or failure

    def refuse(self, lines: list[Line]) -> None:
        """Say what is wrong with lines that are neither items nor keys; one problem for all of them."""
        head = next((line for line in lines if line.is_content), None)
        if head is None:
            return
        colon = tight_colon(head)
        word = word_end(head)
        content = head.content
        if head.has_tab:
            self.without_tabs([head])
        elif colon is not None:
            self.report(ProblemKind.SYNTAX, "expected a space behind the colon", Span(colon, colon + 1))
        elif word is not None:
            span = Span(head.content_start, word)
            self.report(ProblemKind.SYNTAX, f"expected a colon behind {self.text[span.start : span.end]!r}", span)
        elif content[0] in "]}":
            self.report(ProblemKind.SYNTAX, f"nothing is open that this {content[0]} could end", first_character(head))
        elif content[0] in "[{\"'":
            composition = self.compose(lines)
            if composition.failure is not None:
                self.report_verdict(lines, head.content_start, composition.failure)
            else:
                self.report(ProblemKind.SYNTAX, "expected a key here", content_span(head))
        elif head.is_structure:
            self.report(ProblemKind.SYNTAX, INDENT_MESSAGE, content_span(head))
        else:
            self.report(ProblemKind.SYNTAX, "expected a key with a colon here", content_span(head))

    def without_tabs(self, lines: list[Line]) -> list[Line]:
        """The lines with spaces for tabs in the margin; each run of such lines is one problem."""
        previous = -2
        for line in lines:
            if not line.has_tab or not line.is_content:
                continue
            if line.number != previous + 1:
                place = line.start + line.text.index("\t")
                self.report(ProblemKind.TAB, _TAB_MESSAGE, Span(place, line.content_start))
            previous = line.number
        return [line.without_tabs() if line.has_tab else line for line in lines]
