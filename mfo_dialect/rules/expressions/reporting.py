"""From the problems of an expression to reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report


def reports_of(text: ExpressionText, names: Mapping[expressions.ProblemKind, str]) -> Iterator[Report]:
    """The problems of some kinds; none where the expression's form is broken, since all else may follow from that.

    Args:
        text: the expression.
        names: the kinds, each with the name under which its rule reports it.
    """
    if text.parsed.problems:
        return
    for problem in text.checked.problems:
        if problem.kind in names:
            span = text.span_of(problem.span)
            likely = f'; did you mean "{problem.suggestions[0]}"?' if problem.suggestions else ""
            message = (
                problem.message if not likely or problem.suggestions[0] in problem.message else problem.message + likely
            )
            fixes = tuple(
                replace_text(text.view.document, span, name, f'Change to "{name}"') for name in problem.suggestions
            )
            yield Report(text.view.document, span, message, fixes=fixes, name=names[problem.kind])
