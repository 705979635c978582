"""What holds for any text: nothing crashes, spans lie inside, a prefix of a good expression keeps its names."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect import shapes
from mfo_dialect.expressions import ExpressionError, Parsed, check, evaluate, nodes, parse, reads
from mfo_dialect.text import Span

ENV: dict[str, Any] = {
    "ok": True,
    "i": 1,
    "str": "str",
    "f64": 0.5,
    "array": [1, 2, 3],
    "foo": {"Bar": "foo"},
    "list": [{"Bar": "bar"}, {"Bar": None}],
    "empty": None,
}
SHAPES = {name: shapes.of_value(value) for name, value in ENV.items()}
PIECES = """ok i str f64 array foo list empty missing .Bar ?.Bar ["Bar"] [0] [1:] [ ] ( ) { } , ; : ? ?: ?? + - * / % ** ^ .. == != < <=
> >= and or && || not ! in matches contains startsWith # #index #acc . ?. | let x = 1; x if else true false nil $env 1 0 2.5 0x1F
9223372036854775807 'a' "b\\n" `c` b'd' '[' // /* */ ' " \\ @ \u00e9 \u00b2 len( map( filter( reduce( groupBy( sortBy( find( sum( count(
string( toJSON( int( get( keys( toPairs( fromPairs( flatten( concat( first( sort( max( split( date( duration( now() .Hours() ::""".split()  # noqa: SIM905 - words read better than a list of strings
SOURCES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.text(max_size=30),
)


def _spans(parsed: Parsed) -> list[Span]:
    spans = [problem.span for problem in parsed.problems]
    for node in nodes.walk(parsed.tree):
        spans += [node.span, node.place]
    for read in reads(parsed):
        spans += [read.span, read.root_span, *(segment.span for segment in read.path)]
    spans += [problem.span for problem in check(parsed, SHAPES).problems]
    return spans + [token.span for token in parsed.tokens]


@given(SOURCES)
def test_any_text_is_read_and_checked_with_spans_inside(source: str) -> None:
    assert all(0 <= span.start <= span.end <= len(source) for span in _spans(parse(source)))


@given(SOURCES, st.booleans())
def test_any_text_comes_to_plain_values_or_an_error(source: str, typed: bool) -> None:
    error = None
    try:
        json.dumps(evaluate(source, ENV, typed=typed), default=str)
    except ExpressionError as caught:
        error = caught
    if error is not None:
        assert error.stage in {"compile", "run"}
        assert 0 <= error.span.start <= error.span.end <= len(source)


@given(SOURCES)
def test_an_expression_that_is_checked_without_problems_has_none_of_form(source: str) -> None:
    parsed = parse(source)
    checked = check(parsed, SHAPES)
    assert checked.problems[: len(parsed.problems)] == parsed.problems
    if not parsed.problems:
        assert not any(isinstance(node, nodes.Missing | nodes.Broken) for node in nodes.walk(parsed.tree))


GOOD = [
    "(email?.sender?.email ?? 'unknown') endsWith '.be'",
    "let total = sum(items, .value); total > 10 && status in ['a', \"b\"]",
    "filter(items, {let x = .name; any(.tags, # == x)})[0].name | upper()",
    "if attempts > 2 { {a: [1, 2][0:1], (b): `c`} } else { not (1 < x <= 5) ? nil : -x ** 2 }",
]


def test_every_prefix_of_a_good_expression_is_read_with_spans_inside() -> None:
    for source in GOOD:
        assert parse(source).problems == ()
        for end in range(len(source)):
            assert all(0 <= span.start <= span.end <= end for span in _spans(parse(source[:end])))
