"""What a check finds over shapes: kinds of problems, places, suggestions, shapes of results, and silence."""

from __future__ import annotations

import sys

import pytest

from mfo_dialect import expressions, shapes
from mfo_dialect.expressions import ExpressionError, ProblemKind, check, parse
from mfo_dialect.expressions.patterns import PatternError, compile_pattern, has_match
from mfo_dialect.shapes import Shape

NAMES: dict[str, Shape] = {
    "attempts": shapes.INTEGER,
    "score": shapes.NUMBER,
    "status": shapes.TEXT,
    "flag": shapes.BOOLEAN,
    "none": shapes.NULL,
    "anything": shapes.UNKNOWN,
    "open": shapes.OPEN_MAP,
    "email": shapes.closed_map({"subject": shapes.TEXT, "tags": shapes.list_of(shapes.TEXT)}),
    "orders": shapes.list_of(shapes.closed_map({"total": shapes.NUMBER, "paid": shapes.BOOLEAN})),
    "count": shapes.INTEGER,
}
SYNTAX, NAME, FUNCTION, ARGUMENTS, TYPE = (
    ProblemKind.SYNTAX,
    ProblemKind.UNKNOWN_NAME,
    ProblemKind.UNKNOWN_FUNCTION,
    ProblemKind.ARGUMENTS,
    ProblemKind.TYPE,
)

# source, kind, the words underlined, a part of the message, suggestions
WRONG = [
    ("statis == 'x'", NAME, "statis", "statis", ("status",)),
    ("flag and nowhere", NAME, "nowhere", "nowhere", ()),
    ("email.subjct == 'x'", NAME, "subjct", "subjct", ("subject",)),
    ('email["subjct"]', NAME, '"subjct"', "subjct", ("subject",)),
    ("orders[0].totl", NAME, "totl", "totl", ("total",)),
    ("any(orders, .piad)", NAME, "piad", "piad", ("paid",)),
    ("$env.statis", NAME, "statis", "statis", ("status",)),
    ("lenn(status)", FUNCTION, "lenn", "lenn", ("len",)),
    ("status | uper()", FUNCTION, "uper", "uper", ("upper",)),
    ("len(1)", ARGUMENTS, "len", "length", ()),
    ("len()", ARGUMENTS, "len", "expected 1, got 0", ()),
    ("upper(attempts)", ARGUMENTS, "attempts", "string", ()),
    ("upper(status, status)", ARGUMENTS, "upper", "takes 1 argument", ()),
    ("upper(nil)", ARGUMENTS, "nil", "string", ()),
    ("map(status, #)", ARGUMENTS, "status", "array", ()),
    ("filter(orders, .total)", ARGUMENTS, ".total", "predicate", ()),
    ("map(orders, nil)", ARGUMENTS, "nil", "nil", ()),
    ("sortBy(orders, .total, 1)", ARGUMENTS, "1", "order", ()),
    ("get(status, 1)", ARGUMENTS, "status", "array or a map", ()),
    ("duration('1h').Hours(1)", ARGUMENTS, "Hours", "takes 0 arguments", ()),
    ("attempts + status", TYPE, "+", "an int and a string", ()),
    ("attempts == '2'", TYPE, "==", "an int and a string", ()),
    ("status > 1", TYPE, ">", "a string and an int", ()),
    ("attempts ? 1 : 0", TYPE, "attempts", "condition", ()),
    ("not attempts", TYPE, "not", "an int", ()),
    ("flag and attempts", TYPE, "and", "a bool and an int", ()),
    ("none.x", TYPE, "x", "nil", ()),
    ("status.x", TYPE, "x", "string", ()),
    ("orders.total", TYPE, "total", "integer", ()),
    ("email[1]", TYPE, "1", "key", ()),
    ("attempts()", TYPE, "attempts", "no function", ()),
    ("count(orders)", TYPE, "count", "::count", ()),
    ("status in 'abc'", TYPE, "in", "string", ()),
    ("1 in email.tags", TYPE, "in", "item", ()),
    ("status matches '['", TYPE, "matches", "pattern", ()),
    ("attempts[1:]", TYPE, "[", "sliced", ()),
    ("email.tags['x':]", TYPE, "'x'", "integers", ()),
    ("let status = 1; status", TYPE, "status", "taken", ()),
    ("let len = 1; 2", TYPE, "len", "taken", ()),
    ("map(orders, #acc)", NAME, "#", "#acc", ()),
    ("5 < attempts < status", TYPE, "<", "a string", ()),
    ("a b", SYNTAX, "b", "unexpected", ()),
]


@pytest.mark.parametrize(("source", "kind", "words", "message", "suggestions"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_told_with_its_kind_and_place(
    source: str, kind: ProblemKind, words: str, message: str, suggestions: tuple[str, ...]
) -> None:
    parsed = parse(source)
    problem = check(parsed, NAMES).problems[0]
    assert problem.kind is kind
    underlined = source[slice(*problem.span)]
    assert underlined == words or (words.startswith(".") and underlined == ".")
    assert message in problem.message
    assert problem.suggestions[: len(suggestions)] == suggestions


# nothing is reported where something is not known
SILENT = [
    "anything + 1",
    "anything.x.y[0] > anything",
    "anything.call(1)",
    "open.whatever == 1",
    "upper(open.name)",
    "map(anything, .x)",
    "filter(open.list, .x)",
    "anything matches status",
    "attempts % score",
    "orders[score]",
    "email?.missing ?? 1",
    "none == attempts",
    "flag ? attempts : none",
    "$env[status]",
    "$env?.missing",
    "get($env, 'missing')",
    "::count(orders, .paid)",
    "attempts in [1, 2] and status not in ['a']",
    "date('2024-01-01').Year() > attempts",
]


@pytest.mark.parametrize("source", SILENT)
def test_what_is_not_known_is_not_reported(source: str) -> None:
    assert check(parse(source), NAMES).problems == ()


RESULTS = [
    ("attempts + 1", "integer"),
    ("attempts / 2", "number"),
    ("attempts > 1", "boolean"),
    ("status", "string"),
    ("email", "map"),
    ("email.tags", "list of string"),
    ("orders[0].total", "number"),
    ("map(orders, .paid)", "list of boolean"),
    ("filter(email.tags, # != '')", "list of string"),
    ("1..3", "list of integer"),
    ("split(status, ',')", "list of string"),
    ("anything", "any"),
    ("flag ? 1 : nil", "integer"),
    ("flag ? 1 : 'x'", "any"),
    ("anything ?? 1", "any"),
    ("nil", "null"),
    ("let x = attempts; x", "integer"),
    ("email", "map"),
    ("reduce(orders, #acc + .total, 0)", "any"),
    ("duration('1h').Hours()", "number"),
]


@pytest.mark.parametrize(("source", "shape"), RESULTS, ids=[source for source, _ in RESULTS])
def test_the_result_has_a_shape(source: str, shape: str) -> None:
    assert str(check(parse(source), NAMES).result) == shape


def test_all_problems_are_told_those_of_the_form_first() -> None:
    checked = check(parse("statis + lenn(1) + upper(2) + ("), NAMES)
    kinds = [problem.kind for problem in checked.problems]
    assert kinds == [SYNTAX, NAME, FUNCTION, ARGUMENTS]


def test_an_unknown_bare_name_may_be_allowed_and_its_call_never() -> None:
    assert check(parse("nowhere.x > 1"), NAMES, unknown_names_allowed=True).problems == ()
    [problem] = check(parse("nowhere(1)"), NAMES, unknown_names_allowed=True).problems
    assert problem.kind is FUNCTION


def test_an_allowed_name_that_is_missing_fails_when_it_is_read() -> None:
    program = expressions.compile("flag ? 1 : nowhere", NAMES, unknown_names_allowed=True)
    assert program.evaluate({"flag": True}) == 1
    with pytest.raises(ExpressionError) as caught:
        program.evaluate({"flag": False})
    assert caught.value.stage == "run"
    assert caught.value.span == (11, 18)


def test_types_of_nodes_are_kept_for_hovers() -> None:
    parsed = parse("email.tags[0] == status")
    checked = check(parsed, NAMES)
    left = parsed.tree.left  # the tree of this source is a Binary
    assert str(checked.shape_of(left)) == "string"
    assert str(checked.shape_of(left.target)) == "list of string"


def test_broken_text_is_checked_as_far_as_it_can_be_read() -> None:
    messages = [problem.message for problem in check(parse("flag and statis. "), NAMES).problems]
    assert len(messages) == 2
    assert "statis" in messages[1]


def test_nothing_is_said_of_patterns_where_there_is_no_re2(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    compile_pattern.cache_clear()
    assert not check(parse("status matches '['"), NAMES).problems
    with pytest.raises(PatternError, match="google-re2"):
        has_match("[", "text")
