"""Broken and half-typed templates: a whole tree, all problems, each at its place."""

import pytest

from mfo_dialect.templates import ProblemKind, nodes, parse
from mfo_dialect.templates.nodes import path_at, walk

SYNTAX, FUNCTION, VARIABLE = ProblemKind.SYNTAX, ProblemKind.UNKNOWN_FUNCTION, ProblemKind.UNDEFINED_VARIABLE
TEMPLATE, DUPLICATE, ARGUMENTS = (
    ProblemKind.UNDEFINED_TEMPLATE,
    ProblemKind.DUPLICATE_TEMPLATE,
    ProblemKind.WRONG_ARGUMENTS,
)


def marked(source: str) -> list[tuple[str, ProblemKind]]:
    return [(source[slice(*problem.span)], problem.kind) for problem in parse(source).problems]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ .user. }}", [(".", SYNTAX)]),
        ("{{ uper .a }} {{ $x }} {{ if }}{{ end }}", [("uper", FUNCTION), ("$x", VARIABLE), ("{{ if }}", SYNTAX)]),
        ("{{ .a\ntext {{ .b }} {{ nosuch }}", [("{{ .a", SYNTAX), ("nosuch", FUNCTION)]),
        ("{{ .a {{ .b }}", [("{{ .a ", SYNTAX)]),
        ('{{ "open }} {{ nosuch }}', [('"', SYNTAX), ("open", FUNCTION), ("nosuch", FUNCTION)]),
        ("{{ end }}{{ if .a }}", [("{{ end }}", SYNTAX), ("{{ if .a }}", SYNTAX)]),
        ("{{ if .a }}{{ range .b }}{{ end }}", [("{{ if .a }}", SYNTAX)]),
        ("{{ else }}{{ nosuch }}", [("{{ else }}", SYNTAX), ("nosuch", FUNCTION)]),
        ('{{ template "nope" }}{{ len }}', [('"nope"', TEMPLATE), ("len", ARGUMENTS)]),
        ('{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}', [('{{ define "a" }}', DUPLICATE)]),
        ("{{ .a @ ! }}", [("@", SYNTAX)]),
        ("{{ 1 | 2 }}{{ 'ab' }}", [("2", SYNTAX), ("'ab'", SYNTAX)]),
        ("{{/* open {{ .a }}", [("{{/* open {{ .a }}", SYNTAX)]),
        ("{{ .a | upper | printf }}", []),
        ("{{ upper | .a }}", [("upper", ARGUMENTS)]),
    ],
)
def test_all_problems_each_at_its_place(source, expected):
    assert marked(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ uper .a }}", 'function "uper" not defined; did you mean "upper"?'),
        ("{{ $user := .a }}{{ $usr }}", 'undefined variable "$usr"; did you mean "$user"?'),
        ('{{ define "row" }}x{{ end }}{{ template "rwo" }}', 'template "rwo" not defined; did you mean "row"?'),
        ("{{ len 1 2 }}", "wrong number of args for len: want 1 got 2"),
        ("{{ 1 | eq }}{{ printf }}", "wrong number of args for printf: want at least 1 got 0"),
    ],
)
def test_problems_say_what_was_probably_meant(source, expected):
    assert parse(source).problems[-1].message == expected


@pytest.mark.parametrize(
    ("marked_source", "expected"),
    [
        ("{{ .user.<|> }}", ("user", "")),
        ("{{ .user.na<|>", ("user", "na")),
        ("a {{ if .user.na<|> }} b", ("user", "na")),
        ("{{ printf .user.<|>address.city }}", ("user", "address", "city")),
        ("{{ $.user.<|> | upper }}", ("user", "")),
    ],
)
def test_the_cursor_finds_the_path_that_is_being_typed(marked_source, expected):
    offset = marked_source.index("<|>")
    path = path_at(parse(marked_source.replace("<|>", "")).tree, offset)
    owner = next(node for node in reversed(path) if isinstance(node, nodes.Field | nodes.Variable))
    assert tuple(name.text for name in owner.names) == expected
    assert isinstance(path[-1], nodes.Name)


def test_blocks_that_are_not_closed_keep_what_they_hold():
    tree = parse("{{ range .items }}{{ .name }}{{ if .x }}y").tree
    assert [type(node).__name__ for node in walk(tree) if isinstance(node, nodes.Range | nodes.Output | nodes.If)] == [
        "Range",
        "Output",
        "If",
    ]


def test_spans_of_a_whole_tree():
    source = 'a{{ range $i, $x := .items }}{{ (index $x 0).name | printf "%s" }}{{ else }}-{{ end }}'
    spans = [(type(node).__name__, source[slice(*node.span)]) for node in walk(parse(source).tree)]
    assert spans == [
        ("Body", source),
        ("Text", "a"),
        ("Range", source[1:]),
        ("Pipeline", "$i, $x := .items"),
        ("Name", "$i"),
        ("Name", "$x"),
        ("Command", ".items"),
        ("Field", ".items"),
        ("Name", "items"),
        ("Body", '{{ (index $x 0).name | printf "%s" }}'),
        ("Output", '{{ (index $x 0).name | printf "%s" }}'),
        ("Pipeline", '(index $x 0).name | printf "%s"'),
        ("Command", "(index $x 0).name"),
        ("Chain", "(index $x 0).name"),
        ("Group", "(index $x 0)"),
        ("Pipeline", "index $x 0"),
        ("Command", "index $x 0"),
        ("Function", "index"),
        ("Variable", "$x"),
        ("Name", "$x"),
        ("Constant", "0"),
        ("Name", "name"),
        ("Command", 'printf "%s"'),
        ("Function", "printf"),
        ("Constant", '"%s"'),
        ("Body", "-"),
        ("Text", "-"),
    ]


WHOLE = """{{- /* a */ -}}{{ define "row" }}{{ range $i, $x := .rows }}{{ $i }}: {{ $x.name | printf "%-5s" }}{{ else }}-{{ end }}{{ end }}
{{ if and .a (not .b) }}{{ template "row" . }}{{ else if eq .c `x` 'y' }}{{ with .d.e }}{{ (index . 0).f }}{{ end }}{{ end }}"""


@pytest.mark.parametrize("cut", range(len(WHOLE) + 1))
def test_every_prefix_is_read(cut):
    source = WHOLE[:cut]
    template = parse(source)
    for item in (*template.problems, *template.reads, *walk(template.tree)):
        assert 0 <= item.span.start <= item.span.end <= cut
    assert template.scope_at(cut).variables[0][0] == "$"
    assert any(problem.kind.is_fatal for problem in template.problems) or template.tree.span.end == cut
