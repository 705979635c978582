"""Which variables a template reads, where, and whether it copes without them."""

import pytest

from mfo_dialect.templates import parse, parse_jinja

# A read that copes with the variable's absence is written in brackets.
GO = [
    ("Hi {{ .name }} of {{ .user.address.city | upper }}", "name user.address.city"),
    ("{{ $.name }} {{ $ }}", "name"),
    ("{{ if .a }}{{ .a }}{{ else }}{{ .a }}{{ end }}{{ .a }}", "[a] [a] a a"),
    ("{{ if .a }}{{ else if .b }}{{ .b }}{{ .a }}{{ end }}", "[a] [b] [b] a"),
    ("{{ if not .a }}none{{ else }}{{ .a }}{{ end }}", "[a] [a]"),
    ("{{ if and .a .b }}{{ .a }}{{ .b }}{{ .c }}{{ end }}", "[a] [b] [a] [b] c"),
    ('{{ if eq .mode "x" }}{{ .mode }}{{ end }}', "[mode] [mode]"),
    ('{{ if ne .mode "x" }}{{ .mode }}{{ else }}{{ .mode }}{{ end }}', "[mode] mode [mode]"),
    ("{{ if gt (len .items) 0 }}{{ end }}", "items"),
    ("{{ if (.a) }}{{ .a.b }}{{ end }}", "[a] [a.b]"),
    ("{{ with .user }}{{ .name }}{{ $.other }}{{ else }}{{ .last }}{{ end }}", "[user] [user.name] other last"),
    ("{{ with $u := .user }}{{ $u.name }}{{ end }}", "[user] [user.name]"),
    ("{{ range .items }}{{ .name }}{{ end }}", "items [items.*.name]"),
    ("{{ range $i, $x := .items }}{{ $i }}{{ $x.y }}{{ else }}none{{ end }}", "[items] [items.*.y]"),
    ('{{ .a | default "x" }}{{ default .b .c }}', "[a] b [c]"),
    ('{{ or .a .b "x" }}{{ or .c .d }}', "[a] [b] [c] d"),
    ('{{ print (default "x" .a) .b }}', "[a] b"),
    ("{{ $x := .a }}{{ $x.b }}{{ $y := len .c }}{{ $y }}", "a a.b c"),
    ('{{ define "t" }}{{ .n }}{{ end }}{{ template "t" .a }}', "a.n a"),
    ('{{ define "t" }}{{ .n }}{{ template "t" .next }}{{ end }}{{ template "t" . }}', "n next"),
    ('{{ define "unused" }}{{ .n }}{{ end }}', ""),
    ('{{ block "b" .a }}{{ .n }}{{ end }}', "a a.n"),
    ("{{ (.a).b }}{{ (index .c 0).d }}", "a a.b c"),
    ("{{ if .a }}{{ .user.", "[a] user."),
]


def written(template) -> str:
    shown = []
    for read in template.reads:
        path = ".".join((read.name, *read.path))
        shown.append(f"[{path}]" if read.guarded else path)
    return " ".join(shown)


@pytest.mark.parametrize(("source", "expected"), GO, ids=[row[0] for row in GO])
def test_reads_of_go_templates(source, expected):
    # The head of a chain is listed by its own place, so order within one action may be that of the places.
    assert sorted(written(parse(source)).split()) == sorted(expected.split())


def test_reads_are_in_the_order_of_the_source_and_know_their_places():
    source = "{{ .b }}{{ if .a }}{{ $.c.d }}{{ end }}"
    assert [source[slice(*read.span)] for read in parse(source).reads] == [".b", ".a", "$.c.d"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ toJson . }}", True),
        ("{{ $ }}", True),
        ("{{ with .a }}{{ . }}{{ end }}", False),
        ('{{ define "t" }}{{ .n }}{{ end }}{{ template "t" . }}', False),
        ('{{ define "t" }}{{ . }}{{ end }}{{ template "t" . }}', True),
    ],
)
def test_the_data_as_a_whole(source, expected):
    assert parse(source).reads_everything is expected


@pytest.mark.parametrize(
    ("marked", "dot", "variables"),
    [
        ("<|>", "", ["$"]),
        ("{{ $x := .a }}{{ <|> }}", "", ["$", "$x=a"]),
        ("{{ range $i, $item := .items }}{{ <|> }}{{ end }}", "items.*", ["$", "$i=?", "$item=items.*"]),
        ("{{ range .items }}{{ end }}{{ <|> }}", "", ["$"]),
        ("{{ with $u := .user }}{{ .<|> }}", "user", ["$", "$u=user"]),
        ("{{ with .user }}{{ else }}<|>{{ end }}", "", ["$"]),
        ('{{ template "t" .user }}{{ define "t" }}{{ <|> }}{{ end }}x', "user", ["$=user"]),
        ('{{ define "t" }}{{ <|> }}{{ end }}', "?", ["$=?"]),
    ],
)
def test_what_can_be_named_at_a_place(marked, dot, variables):
    scope = parse(marked.replace("<|>", "")).scope_at(marked.index("<|>"))
    assert path(scope.dot) == dot
    assert [f"{name}={path(origin)}" if origin != () else name for name, origin in scope.variables] == variables


def path(origin) -> str:
    return "?" if origin is None else ".".join(origin)


JINJA = [
    ("{{ name }} {{ user.address['city'] }} {{ items[0].x }}", "name user.address.city items.*.x"),
    ("{% if a %}{{ a }}{% elif b %}{{ b }}{{ a }}{% else %}{{ c }}{% endif %}", "[a] [a] [b] [b] a c"),
    ("{% if a is defined and a.b %}{{ a.b }}{% endif %}", "[a] [a.b] [a.b]"),
    ("{% for x in items %}{{ x.y }}{{ loop.index }}{{ z }}{% endfor %}{{ x }}", "items z x"),
    ("{% for x in items %}{% else %}none{% endfor %}", "[items]"),
    ("{{ a | default('x') }}{{ b or 'x' }}{{ c if c else d }}", "[a] [b] [c] [c] d"),
    ("{% set q = a %}{{ q }}{% with w = b %}{{ w }}{% endwith %}{{ w }}", "a b w"),
    ("{% macro m(x) %}{{ x }}{{ y }}{% endmacro %}{{ m(z) }}", "y z"),
    ("{{ range(3) }}{{ now() }}", ""),
    ("{{ a ~ b }}", "a b"),
]


@pytest.mark.parametrize(("source", "expected"), JINJA, ids=[row[0] for row in JINJA])
def test_reads_of_jinja_templates(source, expected):
    assert sorted(written(parse_jinja(source)).split()) == sorted(expected.split())


def test_places_of_jinja_reads():
    source = "a\r\n{{ user.name }} {{- user.age -}}\n{{ b }}"
    assert [source[slice(*read.span)] for read in parse_jinja(source).reads] == ["user.name", "user.age", "b"]
