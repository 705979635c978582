"""What a text is read as: precedence, refusals, places, and what is kept of broken text."""

from __future__ import annotations

import pytest

from mfo_dialect.expressions import nodes, parse
from tests.expressions.sketch import sketch

TREES = [
    ("a + b * c", "(+ a (* b c))"),
    ("a * b + c", "(+ (* a b) c)"),
    ("a - b - c", "(- (- a b) c)"),
    ("a ** b ** c", "(** a (** b c))"),
    ("a ^ b * c", "(* (^ a b) c)"),
    ("-a ** b", "(- (** a b))"),
    ("-a * b", "(* (- a) b)"),
    ("-1[0]", "(. (- 1) 0)"),
    ("a or b and c", "(or a (and b c))"),
    ("a || b && c == d", "(|| a (&& b (== c d)))"),
    ("not a and b", "(and (not a) b)"),
    ("not a in b", "(in (not a) b)"),
    ("a not in b", "(not (in a b))"),
    ("a not contains b and c", "(and (not (contains a b)) c)"),
    ("!a == b", "(== (! a) b)"),
    ("1..a + 1", "(.. 1 (+ a 1))"),
    ("a in 1..3", "(in a (.. 1 3))"),
    ("1 < a", "(< 1 a)"),
    ("1 < a <= 3", "(< <= 1 a 3)"),
    ("1 < 2 == true", "(== (< 1 2) True)"),
    ("a ?? b ?? c", "(?? (?? a b) c)"),
    ("-a ?? b", "(- (?? a b))"),
    ("a ?? b ? c : d", "(? (?? a b) c d)"),
    ("(a ?? b) + c", "(+ (?? a b) c)"),
    ("a ? b : c ? d : e", "(? a b (? c d e))"),
    ("a ?: b", "(? a a b)"),
    ("if a { b } else if c { d } else { e }", "(? a b (? c d e))"),
    ("let x = 1; let y = 2; x + y", "(let x 1 (let y 2 (+ x y)))"),
    ("a; b; c", "(; a b c)"),
    ("a; b;", "(; a b)"),
    ("a.b.c", "(. (. a 'b') 'c')"),
    ("a.not.in", "(. (. a 'not') 'in')"),
    ('a["b c"][0]', "(. (. a 'b c') 0)"),
    ("a?.b.c", "(chain (. (?. a 'b') 'c'))"),
    ("a?.[0]", "(chain (?. a 0))"),
    ("(a?.b).c", "(chain (. (?. a 'b') 'c'))"),
    ("a?.b[0]", "(. (chain (?. a 'b')) 0)"),
    ("a[1:2]", "(slice a 1:2)"),
    ("a[:2]", "(slice a :2)"),
    ("a[1:]", "(slice a 1:)"),
    ("a[:]", "(slice a :)"),
    ("a.b(c)", "(call (. a 'b') c)"),
    ("f(a, b,)", "(call f a b)"),
    ("len(a)", "(len! a)"),
    ("::len(a)", "(len! a)"),
    ("a | len()", "(len! a)"),
    ("a | f(b) | len()", "(len! (call f a b))"),
    ("a + b | len()", "(len! (+ a b))"),
    ("map(a, .b + 1)", "(map! a {(+ (. # 'b') 1)})"),
    ("map(a, {# * #index})", "(map! a {(* # #index)})"),
    ("filter(a, any(.b, # > 1))", "(filter! a {(any! (. # 'b') {(> # 1)})})"),
    ("reduce(a, #acc + #, 0)", "(reduce! a {(+ #acc #)} 0)"),
    ("a | count()", "(count! a)"),
    ("[1, a, [b],]", "[1 a [b]]"),
    ("{a: 1, 'b': 2, 3: 4, (c): 5,}", "{'a':1 'b':2 '3':4 c:5}"),
    ("{}", "{}"),
]


@pytest.mark.parametrize(("source", "tree"), TREES, ids=[source for source, _ in TREES])
def test_a_text_is_read_as(source: str, tree: str) -> None:
    parsed = parse(source)
    assert parsed.problems == ()
    assert sketch(parsed.tree) == tree


# what is refused, and the offset that is blamed
REFUSED = [
    ("", 0),
    ("   ", 2),
    ("a ?? b + 1", 7),
    ("a b", 2),
    ("a +", 2),
    ("(a", 1),
    ("a)", 1),
    ("[1 2]", 3),
    ("{a 1}", 3),
    ("{1 + 2: 3}", 3),
    ("a = 1", 2),
    ("let x 1; x", 6),
    ("let x = 1", 8),
    ("let len = 1;", 11),
    ("if a { b }", 9),
    ("a ? b", 4),
    ("#", 0),
    (".a", 0),
    ("true.a", 4),
    ("1.5.a", 3),
    ("items.0", 5),
    ("a not + b", 6),
    ("a | b", 4),
    ("a | len().b", 9),
    ("all(a)", 5),
    ("filter(a, #; #)", 11),
    ("1 + let x = 1; x", 4),
]


@pytest.mark.parametrize(("source", "offset"), REFUSED, ids=[source for source, _ in REFUSED])
def test_a_text_is_refused_at(source: str, offset: int) -> None:
    problem = parse(source).problems[0]
    assert problem.span.start == offset


# broken text, what is kept of it, and how many problems it has
BROKEN = [
    ("a.", "(. a _)", 1),
    ("a. + b", "(+ (. a _) b)", 1),
    ("a?.", "(chain (?. a _))", 1),
    ("a[", "(. a _)", 1),
    ("a + ", "(+ a _)", 1),
    ("a == ", "(== a _)", 1),
    ("len(", "(len!)", 1),
    ("len(a.", "(len! (. a _))", 1),
    ("f(a, ", "(call f a _)", 1),
    ("filter(xs, .", "(filter! xs {(. # _)})", 1),
    ("filter(xs, ", "(filter! xs {_})", 1),
    ("a | ", "(broken a _)", 1),
    ("a ? b.", "(? a (. b _) _)", 1),
    ("let x = ", "(let x _ _)", 1),
    ("{a: ", "{'a':_}", 1),
    ("[a, b", "[a b]", 1),
    ("a b c", "(broken a b c)", 2),
    ("(a b) + c", "(+ (broken a b) c)", 1),
    ("a + ) b", "(broken (+ a _) b)", 1),
    ("@ + a.b", "(+ _ (. a 'b'))", 1),
    ('a == "x', "(== a _)", 1),
    ("if a { b", "(? a b _)", 1),
]


@pytest.mark.parametrize(("source", "tree", "count"), BROKEN, ids=[source for source, *_ in BROKEN])
def test_a_broken_text_keeps_what_can_be_read(source: str, tree: str, count: int) -> None:
    parsed = parse(source)
    assert sketch(parsed.tree) == tree
    assert len(parsed.problems) == count, parsed.problems


PLACES = [
    ("a.b[0]", "a.b[0]", nodes.Member, "["),
    ("a + bc", "a + bc", nodes.Binary, "+"),
    ("  len( a )", "len( a )", nodes.Builtin, "len"),
    ("a | len()", "a | len()", nodes.Builtin, "len"),
    ("x.y(1)", "x.y(1)", nodes.Call, "y"),
    ("let xy = 1; xy", "let xy = 1; xy", nodes.Let, "xy"),
    ("a not in b", "a not in b", nodes.Unary, "in"),
    ("x?.y", "x?.y", nodes.Chain, "y"),
]


@pytest.mark.parametrize(("source", "covered", "kind", "place"), PLACES, ids=[source for source, *_ in PLACES])
def test_a_node_knows_what_it_covers_and_where_it_is_blamed(source: str, covered: str, kind: type, place: str) -> None:
    tree = parse(source).tree
    assert isinstance(tree, kind)
    assert source[slice(*tree.span)] == covered
    assert source[slice(*tree.place)] == place


def test_the_nodes_under_a_cursor_are_found_from_outside_in() -> None:
    source = "a + filter(xs, .name == b)"
    path = nodes.path_to(parse(source).tree, source.index("name") + 2)
    assert [type(node).__name__ for node in path] == ["Binary", "Builtin", "Predicate", "Binary", "Member", "Literal"]
