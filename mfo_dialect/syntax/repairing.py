"""Reading a text whole by mending its mistakes one by one, each by a change to one line.

Where reading in parts finds several problems, most of them often follow from one: a line that stands too far left ends
all that is open there. So the lines with problems are changed as somebody would who mends them, and where YAML can read
the whole text after fewer changes than there were problems, these are the mistakes. It knows lines and the verdicts of
the engine, no nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mfo_dialect.syntax.dividing import content_span, has_own_value, key_text, own_value
from mfo_dialect.syntax.document import Problem, ProblemKind
from mfo_dialect.syntax.events import Failure
from mfo_dialect.syntax.outline import Kind, Line
from mfo_dialect.syntax.replacing import Replaced, Replacement
from mfo_dialect.syntax.salvage import INDENT_MESSAGE, UNEVEN_ITEM_MESSAGE

_MAX_REPAIRS = 4
_MAX_SUSPECTS = 6
_MAX_NEIGHBOURS = 40
_MAX_COLUMNS = 8
_EFFORT = 40
_MAX_EFFORT = 3_000_000

REPAIRED_KINDS = (ProblemKind.SYNTAX, ProblemKind.TAB, ProblemKind.UNQUOTED_TEMPLATE)
_DOUBTFUL_VALUE = "a value stands here and on the lines below"
_SHALLOW_ITEM = "this item stands further left than the lines below fit"

Verdict = Callable[[str], Failure | None]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text that can be read whole: what is to be replaced for it, and the mistakes that this mends."""

    replaced: Replaced
    problems: tuple[Problem, ...]


def is_doubtful(problem: Problem) -> bool:
    """Whether another line may be the mistake, although it is the only problem that was found."""
    return _is_value(problem) or problem.message == UNEVEN_ITEM_MESSAGE


def _is_value(problem: Problem) -> bool:
    return problem.message.startswith(_DOUBTFUL_VALUE)


def repair(text: str, lines: list[Line], problems: list[Problem], verdict: Verdict) -> Repaired | None:
    """The fewest mistakes that explain the problems; None where they are not fewer than the problems.

    Args:
        text: the text that the engine reads.
        lines: its lines, in the same offsets.
        problems: what was found by reading it in parts, in the same offsets.
        verdict: why the engine refuses a text; None where it can read it.
    """
    return _Repairing(text, lines, problems, verdict).result()


class _Repairing:
    def __init__(self, text: str, lines: list[Line], problems: list[Problem], verdict: Verdict) -> None:
        self.text = text
        self.lines = lines
        self.suspects = sorted(problems, key=lambda problem: problem.span)[:_MAX_SUSPECTS]
        self.most = min(_MAX_REPAIRS, max(len(problems) - 1, 1))
        self.verdict = verdict
        self.effort = min(_EFFORT * len(text) + 100_000, _MAX_EFFORT)

    def result(self) -> Repaired | None:
        chosen: list[Replacement] = []
        mended: list[Problem] = []
        reached = -1
        for _ in range(self.most):
            best: tuple[int, list[Replacement], Problem] | None = None
            for problem, changes in self.candidates(mended):
                failure_at = self.failure([*chosen, *changes])
                if failure_at is None:
                    return Repaired(Replaced(self.text, [*chosen, *changes]), (*mended, problem))
                if failure_at > (best[0] if best else reached):
                    best = (failure_at, changes, problem)
            if best is None:
                return None
            reached = best[0]
            chosen += best[1]
            mended.append(best[2])
        return None

    def failure(self, changes: list[Replacement]) -> int | None:
        """Where the engine stops after these changes; -1 where there is no effort left to ask it."""
        if any(one.end > other.start for one, other in zip(sorted(changes), sorted(changes)[1:], strict=False)):
            return -1
        self.effort -= len(self.text)
        if self.effort < 0:
            return -1
        replaced = Replaced(self.text, changes)
        failure = self.verdict(replaced.text)
        return None if failure is None else replaced.origin_of(failure.offset)

    def candidates(self, mended: list[Problem]) -> Iterator[tuple[Problem, list[Replacement]]]:
        """What may mend a line, the likeliest first; blanking it comes last."""
        left = [(problem, self.line_at(problem.span.start)) for problem in self.suspects if problem not in mended]
        for problem, line in left:
            yield from self.changes(problem, line)
        for problem, line in left:
            if line.is_content and not is_doubtful(problem) and problem.kind is not ProblemKind.UNQUOTED_TEMPLATE:
                yield problem, [Replacement(line.start, line.end, "\n")]

    def line_at(self, offset: int) -> Line:
        low, high = 0, len(self.lines) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.lines[middle].start <= offset:
                low = middle
            else:
                high = middle - 1
        return self.lines[low]

    def changes(self, problem: Problem, line: Line) -> Iterator[tuple[Problem, list[Replacement]]]:
        end = line.content_start + len(line.content.rstrip())
        written = self.text[problem.span.start : problem.span.end]
        if problem.kind is ProblemKind.TAB:
            for change in self.with_tabs_replaced(line):
                yield problem, change
        elif "never closed" in problem.message and written in {'"', "'"}:
            yield problem, [Replacement(end, end, written)]
        elif problem.message.startswith("expected a colon behind"):
            yield problem, [Replacement(problem.span.end, problem.span.end, ":")]
        elif problem.message.startswith("expected a space behind"):
            yield problem, [Replacement(problem.span.end, problem.span.end, " ")]
        elif line.kind in {Kind.OTHER, Kind.WORD} and "colon here" in problem.message:
            for column in self.text_columns(line):
                yield problem, [_indented(line, column)]
        elif problem.kind is ProblemKind.UNQUOTED_TEMPLATE:
            moved = Problem(ProblemKind.SYNTAX, INDENT_MESSAGE, content_span(line))
            for column in self.text_columns(line) if line.content.startswith("{{") else ():
                yield moved, [_indented(line, column)]
        elif problem.message.startswith(INDENT_MESSAGE):
            for column in self.columns(line):
                yield problem, [_indented(line, column)]
            yield from self.changes_before(line)
        yield from self.changes_of_value(problem, line)

    def changes_before(self, line: Line) -> Iterator[tuple[Problem, list[Replacement]]]:
        """It is the item or key above that stands wrong, and not this line."""
        before = next(self.preceding(line), None)
        if before is None:
            return
        if before.kind is Kind.KEY and before.indent > line.indent:
            moved = Problem(ProblemKind.SYNTAX, INDENT_MESSAGE, content_span(before))
            yield moved, [_indented(before, line.indent)]
        distance = line.indent - before.without_dash().indent if before.kind is Kind.DASH else 0
        if distance > 0 and line.kind is Kind.KEY:
            moved = Problem(ProblemKind.SYNTAX, _SHALLOW_ITEM, content_span(before))
            yield moved, [_indented(before, before.indent + distance)]

    def changes_of_value(self, problem: Problem, line: Line) -> Iterator[tuple[Problem, list[Replacement]]]:
        """A key below a value, deeper than its neighbours: the mistake is its indentation, not the value."""
        if not _is_value(problem):
            return
        child = next(self.following(line, lambda other: other.is_structure), None)
        if child is not None and child.kind is Kind.KEY:
            moved = Problem(ProblemKind.SYNTAX, INDENT_MESSAGE, content_span(child))
            inner = line.without_dash() if line.kind is Kind.DASH else line
            yield moved, [_indented(child, inner.indent)]

    def with_tabs_replaced(self, line: Line) -> Iterator[list[Replacement]]:
        """The lines of one run with tabs, all moved as the first one."""
        run = [line]
        for other in self.lines[line.number + 1 : line.number + _MAX_NEIGHBOURS]:
            if not other.has_tab:
                break
            run.append(other)
        for column in self.columns(line):
            yield [_indented(other, max(0, column + other.indent - line.indent)) for other in run]

    def columns(self, line: Line) -> list[int]:
        """The columns at which a line may have been meant to start, the likeliest first."""
        found: list[int] = []
        after = next(self.following(line, lambda other: other.is_content and not other.has_tab), None)
        if line.kind is Kind.DASH:
            inner = line.without_dash()
            if after is not None and after.kind is Kind.KEY and inner.is_structure:
                found.append(after.indent - (inner.indent - line.indent))
            name = key_text(inner)
            found += [
                other.indent
                for other in self.preceding(line)
                if other.kind is Kind.DASH and key_text(other.without_dash()) == name
            ]
        before = next(self.preceding(line), None)
        if before is not None:
            inner = before.without_dash() if before.kind is Kind.DASH else before
            if has_own_value(inner) or not inner.is_structure:
                found.append(inner.indent)
            elif after is not None and after.indent > inner.indent:
                found.append(after.indent)
            else:
                found.append(inner.indent + 2)
        found += [one.without_dash().indent if one.kind is Kind.DASH else one.indent for one in self.preceding(line)]
        return [column for column in dict.fromkeys(found) if column >= 0][:_MAX_COLUMNS]

    def text_columns(self, line: Line) -> list[int]:
        """The columns of the block text that a line may belong to."""
        before = next(self.preceding(line), None)
        if before is None or own_value(before)[:1] not in {"|", ">"}:
            return []
        neighbours = [self.lines[number] for number in (line.number - 1, line.number + 1) if number < len(self.lines)]
        deeper = [one.indent for one in neighbours if one.indent > before.indent]
        return [*deeper, before.indent + 2]

    def preceding(self, line: Line) -> Iterator[Line]:
        """The items and keys above a line, the nearest first."""
        for number in range(line.number - 1, max(-1, line.number - _MAX_NEIGHBOURS), -1):
            if self.lines[number].is_structure and not self.lines[number].has_tab:
                yield self.lines[number]

    def following(self, line: Line, is_wanted: Callable[[Line], bool]) -> Iterator[Line]:
        return (other for other in self.lines[line.number + 1 : line.number + _MAX_NEIGHBOURS] if is_wanted(other))


def _indented(line: Line, column: int) -> Replacement:
    return Replacement(line.start, line.content_start, " " * column)
