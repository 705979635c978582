"""What expressions come to: a literal table, in both modes, beside the reference's rows."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from mfo_dialect import expressions
from mfo_dialect.expressions import Duration, ExpressionError, Moment, evaluate

ENV: dict[str, Any] = {
    "i": 7,
    "f": 0.5,
    "s": "h\u00e9llo",
    "yes": True,
    "xs": [3, 1, 2],
    "empty": [],
    "m": {"a": 1, "b c": {"d": [10, 20]}},
    "nothing": None,
    "people": [{"name": "Ann", "age": 30}, {"name": "Bob", "age": 20}, {"name": "Cid", "age": 30}],
}

VALUES: list[tuple[str, Any]] = [
    ("9223372036854775807 + 1", -(2**63)),
    ("i * 9223372036854775807", 9223372036854775801),
    ("-7 % 3", -1),
    ("7 % -3", 1),
    ("10 / 4", 2.5),
    ("4 / 2", 2.0),
    ("1 / 0", math.inf),
    ("-1 / 0", -math.inf),
    ("2 ** 10", 1024.0),
    ("2 ^ -1", 0.5),
    ("0.5 ** -0.5", 1.414213562373095),
    ("-2 ** 2", -4.0),
    ("0 ** -1", math.inf),
    ("1 == 1.0", True),
    ("[1, 2] == [1.0, 2]", True),
    ("{a: 1} == {a: 1}", True),
    ("{a: 1} == {a: 1.0}", False),
    ("'a' < 'b'", True),
    ("1 < i <= 7", True),
    ("yes and i > 3 or false", True),
    ("m.zz?.a.b ?? 'x'", "x"),
    ("m?.zz ?? 1", 1),
    ("m.a", 1),
    ("m['b c'].d[-1]", 20),
    ("m.zz", None),
    ("xs[1:]", [1, 2]),
    ("xs[:-1]", [3, 1]),
    ("xs[5:9]", []),
    ("s[1:3]", "\u00e9"),
    ("len(s)", 5),
    ("3 in xs", True),
    ("'a' in m", True),
    ("i in 1..9", True),
    ("i not in [1, 2]", True),
    ("3..1", []),
    ("'abc' matches '^a.c$'", True),
    ("s contains 'll' and s startsWith 'h' and s endsWith 'o'", True),
    ("m.zz contains 'x'", False),
    ("let x = i; let y = x * 2; x + y", 21),
    ("1; 2; 3", 3),
    ("yes ? 1 : 1 / 0", 1),
    ("if i > 5 { 'many' } else { 'few' }", "many"),
    ("map(xs, # * 2)", [6, 2, 4]),
    ("map(xs, #index)", [0, 1, 2]),
    ("map(people, .name)", ["Ann", "Bob", "Cid"]),
    ("filter(people, .age == 30) | map(.name)", ["Ann", "Cid"]),
    ("map(xs, {let y = #; map(xs, # + y)})", [[6, 4, 5], [4, 2, 3], [5, 3, 4]]),
    ("sortBy(people, .age) | map(.name)", ["Bob", "Ann", "Cid"]),
    ("sortBy(people, .age, 'desc') | map(.name)", ["Ann", "Cid", "Bob"]),
    ("groupBy(people, .age)['30'] == nil", True),
    ("groupBy(people, .age)[30] | map(.name)", ["Ann", "Cid"]),
    ("groupBy(xs, # > 1)", {"true": [3, 2], "false": [1]}),
    ("keys(groupBy([1, 1.0, true, 'a'], #))", [1, 1.0, "a", True]),
    ("reduce(xs, #acc + #, 10)", 16),
    ("reduce(xs, #acc * 10 + #)", 312),
    ("count(xs, # > 1) >= 2", True),
    ("sum(people, .age)", 80),
    ("find(people, .age < 30).name", "Bob"),
    ("find(people, .age > 90)", None),
    ("findIndex(xs, # == 1)", 1),
    ("findLastIndex(xs, # > 5)", None),
    ("one(xs, # == 3) and none(xs, # > 3) and any(xs, # > 2) and all(xs, # > 0)", True),
    ("filter(xs, # > 1)[0]", 3),
    ("last(filter(xs, # < 3))", 2),
    ("concat(xs, [4])", [3, 1, 2, 4]),
    ("concat([], []) ?? 'nil'", "nil"),
    ("sort(xs, 'desc')", [3, 2, 1]),
    ("uniq([1, 1.0, '1', true, [1], [1]])", [1, "1", True, [1]]),
    ("flatten([1, [2, [3, []]]])", [1, 2, 3]),
    ("toPairs(m)[0]", ["a", 1]),
    ("toPairs({a: 1}) == [['a', 1]]", False),
    ("fromPairs([[1, 2], ['a', 3]])", {"1": 2, "a": 3}),
    ("fromPairs(toPairs(m)).a", 1),
    ("string([1, 1.5, 'a', nil, {b: true}])", "[1 1.5 a <nil> map[b:true]]"),
    ("string(1e21)", "1e+21"),
    ("string(123456.0)", "123456"),
    ("string(1000000.0)", "1e+06"),
    ("string(123456789.0)", "1.23456789e+08"),
    ("toJSON(123456789.0)", "123456789"),
    ("string(0.00001)", "1e-05"),
    (
        'toJSON({b: [1, 1.0, 0.5], a: "<\u00e9>"})',
        '{\n  "a": "\\u003c\u00e9\\u003e",\n  "b": [\n    1,\n    1,\n    0.5\n  ]\n}',
    ),
    ("toJSON([])", "[]"),
    ('fromJSON("{\\"a\\": [1, true, null]}")', {"a": [1.0, True, None]}),
    ("int('42') + int(1.9) + int(-1.9)", 42),
    ("float('1e3')", 1000.0),
    ("type(1) + type(1.0) + type(nil) + type(xs) + type(m)", "intfloatnilarraymap"),
    ("round(2.5)", 3.0),
    ("round(-2.5)", -3.0),
    ("max(1, [2, [5, 3]])", 5),
    ("median([3, 1, 2, 4])", 2.5),
    ("bitushr(-5, 2)", 4611686018427387902),
    ("bitshl(1, 64)", 0),
    ("upper('stra\u00dfe')", "STRA\u00dfE"),
    ("indexOf(s, 'l')", 3),
    ("split('a,b,c', ',', 2)", ["a", "b,c"]),
    ("splitAfter('a,b', ',')", ["a,", "b"]),
    ("split('abc', '')", ["a", "b", "c"]),
    ("replace('aaa', 'a', 'b', 2)", "bba"),
    ("trim('  a ') + trim('__a_', '_') + trimPrefix('ab', 'a') + trimSuffix('ab', 'b')", "aaba"),
    ("fromBase64(toBase64(s))", "h\u00e9llo"),
    ("b'\\xff' == b'\\xff'", True),
    ("true and m.a", 1),
    ("m.zz and false", False),
    ("get(m, 'zz') ?? get(xs, 9) ?? get(m.zz, 1) ?? 'end'", "end"),
    ("$env['i'] + $env.i", 14),
    ("'i' in $env", True),
    ("{a: 1, a: 2}.a", 1),
    ("+i", 7),
    ("yes ?: false", True),
]


@pytest.mark.parametrize(("source", "value"), VALUES, ids=[source for source, _ in VALUES])
@pytest.mark.parametrize("typed", [True, False])
def test_an_expression_comes_to(source: str, value: Any, typed: bool) -> None:
    got = evaluate(source, ENV, typed=typed)
    assert got == value
    assert type(got) is type(value)


# source, stage, the words that are blamed
FAILURES = [
    ("xs[3]", "run", "["),
    ("i % (i - 7)", "run", "%"),
    ("5 % 0", "compile", "%"),
    ("m.zz.x", "run", "x"),
    ("m.a.x", "run", "x"),
    ("m.zz > 1", "run", ">"),
    ("nothing?.x", "compile", "x"),
    ("m.a()", "run", "a"),
    ("int('x')", "run", "int"),
    ("reduce(empty, # + #acc)", "run", "reduce"),
    ("filter(xs, # > 9)[0]", "run", "["),
    ("sort([1, 'a'])", "run", "sort"),
    ("groupBy(people, #)", "run", "groupBy"),
    ("fromJSON('{bad')", "run", "fromJSON"),
    ("fromJSON('NaN')", "run", "fromJSON"),
    ("date('tomorrow')", "run", "date"),
    ("duration('soon')", "run", "duration"),
    ("timezone('Nowhere/City')", "run", "timezone"),
    ("m.a ? 1 : 2", "run", "a"),
    ("{(i): 1}", "run", "{"),
    ("findIndex(xs, # > 9) == 1", "run", "=="),
    ("join(xs)", "run", "join"),
    ("toJSON(0 / (i - 7))", "run", "toJSON"),
    ("repeat('a', -1)", "run", "repeat"),
    ("bitshl(1, -1)", "run", "bitshl"),
    ("map(m.a, #)", "run", "map"),
]


@pytest.mark.parametrize(("source", "stage", "words"), FAILURES, ids=[source for source, *_ in FAILURES])
def test_an_expression_fails(source: str, stage: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(source, ENV)
    assert caught.value.stage == stage
    assert source[slice(*caught.value.span)] == words
    assert caught.value.problems[0].message == caught.value.message == str(caught.value)


def test_unknown_names_are_errors_typed_and_nil_untyped() -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate("nowhere == nil", ENV)
    assert caught.value.stage == "compile"
    assert evaluate("nowhere == nil", ENV, typed=False) is True


def test_variables_shadow_builtins() -> None:
    with pytest.raises(ExpressionError, match="::count"):
        evaluate("count(xs, # > 1)", {"xs": [1], "count": 3})
    assert evaluate("::count(xs, # > 0) + count", {"xs": [1], "count": 3}) == 4


def test_a_program_is_evaluated_over_many_environments() -> None:
    program = expressions.compile("attempts < most && status != 'done'", {"attempts": 1, "most": 3, "status": ""})
    assert program.evaluate({"attempts": 2, "most": 3, "status": "busy"}) is True
    assert program.evaluate({"attempts": 3, "most": 3, "status": "busy"}) is False


def test_a_result_shares_nothing_with_the_program() -> None:
    program = expressions.compile("[1, 2]", {})
    program.evaluate({}).append(3)
    assert program.evaluate({}) == [1, 2]


def test_now_reads_the_clock_that_is_given() -> None:
    year_2001 = 1_000_000_000 * 10**9
    assert evaluate("now().Format('2006-01-02')", {}, clock=lambda: year_2001) == "2001-09-09"


def test_results_are_plain_json_but_for_times() -> None:
    assert json.dumps(evaluate("{a: groupBy(xs, #), b: toPairs(m), c: concat([], [])}", ENV))
    assert isinstance(evaluate("date('2024-01-01')", {}), Moment)
    assert evaluate("duration('1h')", {}) == Duration(3_600 * 10**9)


# no way from an expression to what Python knows of a value
@pytest.mark.parametrize(
    "source",
    [
        "s.upper",
        "xs.append",
        "m.__class__",
        "m.keys",
        "f.real",
        "s.__class__.__mro__",
        "thing.secret",
        "thing['secret']",
    ],
)
def test_attributes_of_python_are_out_of_reach(source: str) -> None:
    class Thing:
        secret = "told"

    try:
        value = evaluate(source, {**ENV, "thing": Thing()}, typed=False)
    except ExpressionError:
        return
    assert value is None
