"""Trying a name in the expression that is typed: whether it would be an error there by what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mfo_dialect.expressions import FUNCTIONS, Problem, ProblemKind, check, parse
from mfo_dialect.shapes import Kind, Shape, step
from mfo_lsp.features.completion.place import Place

ANYTHING = "any_value_at_all"
"""A name of which nothing is known. What is wrong with it in a place is not the fault of what is chosen there."""
_OPERATOR_WORDS = frozenset({"and", "or", "in", "not in", "contains", "startsWith", "endsWith", "matches"})
_FIELD = re.compile(r"\??\.(?P<name>[A-Za-z_]\w*)(?!\w*\()")
_WORD = re.compile(r"\A\w+")
_WHOLE = {"let": f"let {ANYTHING}_1 = 1; {ANYTHING}", "if": f"if {ANYTHING} {{ {ANYTHING} }} else {{ {ANYTHING} }}"}


class Probe:
    """An expression with a gap where the cursor is.

    Attributes:
        before: the text up to the half-typed word.
        behind: the text from the end of that word on, as far as it could be read.
        is_free: whether there is nothing around the gap.
    """

    def __init__(self, names: Mapping[str, Shape], before: str, behind: str) -> None:
        """Read the text around the gap, over the names that it may read."""
        self.before = before
        self.behind = behind
        self._names = names
        self._kinds: dict[str, bool] = {}
        self.is_free = not before.strip() and not behind.strip()
        self._known = frozenset(problem.message for problem in self._problems(ANYTHING)) if not self.is_free else ()

    def takes(self, text: str, *, is_open: bool = False) -> bool:
        """Whether a text can stand in the gap without being an error there.

        Args:
            text: what is put there.
            is_open: whether it means nothing before more is typed behind it; what is wrong at its end does not count.
        """
        if self.is_free:
            return True
        stop = len(self.before) + len(text) if is_open else -1
        return not any(
            problem.message not in self._known and not problem.span.start <= stop <= problem.span.end
            for problem in self._problems(text)
        )

    def takes_value(self, name: str, shape: Shape) -> bool:
        """As ``takes`` for a name of which nothing but the kind of its value counts: names of one kind are tried once."""
        field = _FIELD.match(self.behind)
        if field is not None and shape.kind is Kind.MAP and step(shape, field["name"]) is None:
            return False
        if self.behind.startswith((".", "?.", "[", "(")):
            return self.takes(name)
        kind = str(shape)
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = self.takes(name)
        return known

    def takes_field_of(self, name: str) -> bool:
        """Whether some field of a map can stand in the gap; asked once, as nothing is known of the field."""
        if self.behind.startswith((".", "?.", "[", "(")):
            return False
        known = self._kinds.get(".")
        if known is None:
            known = self._kinds["."] = self.takes(f"{name}.", is_open=True)
        return known

    def takes_call(self, name: str, *, is_piped: bool) -> bool:
        """Whether a function can be called in the gap."""
        if name in self._names:
            return False
        parameters = FUNCTIONS[name].signatures[0].parameters
        needed = sum(not parameter.optional and not parameter.repeats for parameter in parameters) - is_piped
        return self.takes(f"{name}({', '.join([ANYTHING] * max(0, needed))})")

    def takes_word(self, word: str) -> bool:
        """Whether a keyword or an operator in words can stand in the gap."""
        if word in _OPERATOR_WORDS:
            return self.takes(word if self.behind.strip() else f"{word} {ANYTHING}", is_open=True)
        return self.takes(word if self.behind.strip() else _WHOLE.get(word, word))

    def _problems(self, text: str) -> tuple[Problem, ...]:
        checked = check(parse(f"{self.before}{text}{self.behind}"), self._names, unknown_names_allowed=True)
        end = len(self.before) + len(text) + len(self.behind)
        return tuple(
            problem
            for problem in checked.problems
            if problem.kind is not ProblemKind.SYNTAX or problem.span.end < end or self.behind.strip()
        )


def split_at_cursor(place: Place, partial: str) -> tuple[str, str]:
    """The expression before the half-typed word, and behind that word where it could be read."""
    before = place.before()
    behind = place.behind() or (f" {below}" if (below := place.below()) else "")
    return before[: len(before) - len(partial)], _WORD.sub("", behind, count=1)
