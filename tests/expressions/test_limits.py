"""Bounds: no expression hangs, recurses out or grows without end; what is within them works."""

from __future__ import annotations

import pytest

from mfo_dialect import shapes
from mfo_dialect.expressions import ExpressionError, check, evaluate, parse, reads

ENV = {"i": 1, "ok": True, "m": {}}
_DOUBLING = "let q = [1, 1];" + "".join(
    f"let q{k} = [{'q' if k == 0 else f'q{k - 1}'}, {'q' if k == 0 else f'q{k - 1}'}];" for k in range(40)
)
_DEEP = "reduce(1..100000, [#acc])"

WITHIN = [
    ("(" * 90 + "1" + ")" * 90, 1),
    ("not " * 90 + "true", True),
    ("-" * 90 + "1", 1),
    (" or ".join(["i == 2"] * 1500), False),
    ("+".join(["i"] * 2500), 2500),
    ("ok ? 1 : " * 90 + "2", 1),
    ("if false {1} else " * 90 + "{2}", 2),
    ("".join(f"let v{k} = {k};" for k in range(90)) + "v89", 89),
    ("m" + "?.a" * 140, None),
    ("i" + " | string()" * 140, "1"),
    ("1 ** " * 90 + "2", 1.0),
    ("(" * 80 + "ok" + " ?: ok)" * 80, True),
    ("(" * 30 + "1" + " < 2 < 3 ? 1 : 0)" * 30, 1),
    ("len(map(1..100000, # * 2))", 100000),
    ("len(repeat('a', 900000))", 900000),
]


@pytest.mark.parametrize(("source", "value"), WITHIN, ids=[source[:30] for source, _ in WITHIN])
def test_long_and_deep_expressions_work(source: str, value: object) -> None:
    assert evaluate(source, ENV) == value


TOO_DEEP = [
    "(" * 5000,
    "[" * 5000,
    "{a:" * 5000,
    "len(" * 5000,
    "-" * 5000 + "1",
    "m" + ".a" * 5000,
    "m" + "[0]" * 5000,
]
TOO_DEEP += [
    "m" + "?.a" * 5000,
    "i" + "|string()" * 3000,
    "ok ? 1 : " * 3000 + "2",
    "if ok {" * 3000,
    "2 ** " * 3000 + "2",
]
TOO_DEEP += ["1;" * 12_000 + "1", "[" + "1," * 12_000 + "1]"]


@pytest.mark.parametrize("source", TOO_DEEP, ids=[source[:12] for source in TOO_DEEP])
def test_what_is_too_deep_or_too_long_is_a_problem(source: str) -> None:
    parsed = parse(source)
    assert parsed.problems
    check(parsed, {"i": shapes.INTEGER})
    reads(parsed)
    with pytest.raises(ExpressionError) as caught:
        evaluate(source, ENV)
    assert caught.value.stage == "compile"


UNBOUNDED = [
    "1..100000000",
    "let q = 1..1000; all(q, all(q, all(q, true)))",
    "reduce(1..1000, #acc + #acc, 'a')",
    "replace(repeat('a', 400000), 'a', repeat('b', 400000))",
    "join(split(repeat('a', 400000), ''), repeat('b', 900))",
    "repeat('a', 100000000)",
    "map(1..2000, repeat('a', 1000))",
    "let s = repeat('a', 400000); all(1..400000, not (s contains 'b'))",
    "let s = repeat('a', 400000); all(1..400000, not (s matches '(a+)+b'))",
    "uniq(map(1..100000, [#]))",
    "let q = 1..400000; all(q, -1 not in q)",
    f"{_DOUBLING} q39",
    f"{_DOUBLING} q39 == q39",
    f"{_DOUBLING} toJSON(q39)",
    f"{_DOUBLING} string(q39)",
    f"{_DOUBLING} flatten(q39)",
    f"{_DOUBLING} max(q39)",
    _DEEP,
    f"let d = {_DEEP}; d == d",
    f"toJSON({_DEEP})",
    f"string({_DEEP})",
    f"flatten({_DEEP})",
    f"max({_DEEP})",
    "fromJSON(repeat('[', 100000))",
    "duration(repeat('1h', 100000))",
    "date('2024-01-01').AddDate(9223372036854775807, 0, 0)",
    "float(repeat('9', 100000))",
    "int(repeat('9', 100000))",
    "'a' matches repeat('(a{1000}){1000}', 3)",
    "timezone('../../etc/passwd')",
    "timezone('/etc/localtime')",
]


@pytest.mark.parametrize("source", UNBOUNDED, ids=[source[-60:] for source in UNBOUNDED])
def test_what_would_grow_or_run_without_end_fails(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(source, ENV)
    assert caught.value.stage == "run"


def test_long_words_do_not_make_long_messages() -> None:
    for source in ("a" * 100_000, "1" * 100_000, f"m.{'a' * 100_000}.b", f"'{'a' * 100_000}' 1", f"{'a' * 100_000}()"):
        with pytest.raises(ExpressionError) as caught:
            evaluate(source, {"m": {}})
        assert len(caught.value.message) < 300
