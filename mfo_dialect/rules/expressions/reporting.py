"""From the problems of an expression to reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report
from mfo_dialect.text import Span


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
            yield report_of(problem, text.view.document, text.span_of(problem.span), names[problem.kind])


def report_of(problem: expressions.Problem, document: str, span: Span, name: str = "") -> Report:
    """A problem of an expression as a report, with the fixes that its suggestions are.

    Args:
        problem: the problem.
        document: the document that the expression stands in.
        span: where in it the problem is.
        name: the name under which its rule reports it; empty for the rule's first one.
    """
    likely = problem.suggestions[0] if problem.suggestions else ""
    message = problem.message if likely in problem.message else f'{problem.message}; did you mean "{likely}"?'
    fixes = tuple(replace_text(document, span, other, f'Change to "{other}"') for other in problem.suggestions)
    return Report(document, span, message, fixes=fixes, name=name)
