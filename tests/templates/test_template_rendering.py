"""The language: what a template writes for some data."""

import pytest

from mfo_dialect.templates import parse, render

DATA = {
    "name": "Ann",
    "nil": None,
    "n": 3,
    "list": [1, 2, 3],
    "map": {"b": 2, "a": 1},
    "mixed": [1, None, {"k": "v"}],
    "accents": "héé ☃",
    "user": {"name": "Bo", "address": {"city": "Liège"}},
}


def renders(rows: list[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("source", "expected"), rows, ids=[source for source, _ in rows])


@renders(
    [
        ("", ""),
        ("plain { } }} text", "plain { } }} text"),
        ("a {{- 1 -}} b", "a1b"),
        ("a\n\t {{- /* note */ -}} \n b", "ab"),
        ("{{-1}}", "-1"),
        ("{{- 1}}", "1"),
        ("{{1 -}}  \n x", "1x"),
        ('{{ .name\n | printf\n "%s!" }}', "Ann!"),
        ('{{`a\r\n"b`}}', 'a\n"b'),
        (r'{{"\u2603 \x41 \101 \" \\"}}', '☃ A A " \\'),
        (r"{{'\''}} {{'☃'}} {{'\n'}}", "39 9731 10"),
        ("{{0x10}} {{0b11}} {{0o17}} {{017}} {{1_000}} {{.5}} {{5.}} {{1e2}}", "16 3 15 15 1000 0.5 5 100"),
        ("{{1+2i}} {{3i}} {{-0.0}}", "(1+2i) (0+3i) -0"),
    ]
)
def test_text_and_literals(source, expected):
    assert render(source, DATA) == expected


@renders(
    [
        ("{{.user.address.city}}", "Liège"),
        ("{{.missing}} {{.missing.deeper.still}}", "<no value> <no value>"),
        ("{{.missing.x 1}}", "<no value>"),
        ("{{$.name}} {{with .user}}{{.name}} {{$.name}}{{end}}", "Ann Bo Ann"),
        ("{{(index .list 1)}} {{(index .mixed 2).k}}", "2 v"),
        ("{{(index .mixed 1).x}}", "<no value>"),
        ("{{range .mixed}}<{{.}}>{{end}}", "<1><<no value>><map[k:v]>"),
        ("{{.nil}} {{print .nil}} {{html .nil}}", "<no value> <nil> &lt;no value&gt;"),
        ("{{$x := .nil}}{{$x.y}}", "<no value>"),
    ]
)
def test_fields_and_what_is_missing(source, expected):
    assert render(source, DATA) == expected


@renders(
    [
        ("{{if .missing}}a{{else if .n}}b{{else}}c{{end}}", "b"),
        ("{{if 0.0}}a{{else}}b{{end}}{{if ``}}a{{else}}b{{end}}{{if .nil}}a{{else}}b{{end}}", "bbb"),
        ("{{with $u := .user}}{{$u.name}}{{.name}}{{else}}none{{end}}", "BoBo"),
        ("{{with .missing}}a{{else}}{{.name}}{{end}}", "Ann"),
        ("{{range .map}}{{.}}{{end}}", "12"),
        ("{{range $key, $value := .map}}{{$key}}={{$value}} {{end}}", "a=1 b=2 "),
        ("{{range $i, $e := .list}}{{$i}}{{$e}} {{end}}", "01 12 23 "),
        ("{{range .nil}}a{{else}}empty{{end}}", "empty"),
        ("{{range $x := .nil}}a{{else}}{{$x}}{{end}}", "<no value>"),
        ("{{range .list}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}", "13"),
        ("{{range .list}}{{with .}}{{if eq . 2}}{{break}}{{end}}{{end}}{{.}}{{end}}", "1"),
        ("{{range .list}}{{range $.nil}}{{else}}{{break}}{{end}}{{.}}{{end}}", "123"),
        ("{{range .list}}{{range $.nil}}{{else}}{{continue}}{{end}}{{.}}{{end}}", ""),
        ("{{range .list}}{{range $.list}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}{{.}} {{end}}", "11 12 13 "),
    ]
)
def test_control(source, expected):
    assert render(source, DATA) == expected


@renders(
    [
        ("{{$x := 1}}{{if true}}{{$x := 2}}{{$x = 3}}{{end}}{{$x}}", "1"),
        ("{{$x := 1}}{{range .list}}{{$x = .}}{{end}}{{$x}}", "3"),
        ("{{$x := 0}}{{range $x = .list}}{{$x}}{{end}}{{$x}}", "1233"),
        # Go 1.19 sets the variable declared last, whichever the loop assigns to.
        ("{{$x := 0}}{{$y := 9}}{{range $x = .list}}{{$x}}{{$y}} {{end}}", "[1 2 3]1 [1 2 3]2 [1 2 3]3 "),
        ("{{if $x := 0}}{{else}}{{$x}}{{end}}", "0"),
        ('{{$x := 1 | printf "%03d"}}{{$x}}', "001"),
        ("{{($x := 5)}}{{$x}}", "55"),
        ("{{$x:=1}}{{$x}}", "1"),
    ]
)
def test_variables(source, expected):
    assert render(source, DATA) == expected


@renders(
    [
        ('{{define "t"}}[{{.}}{{$}}]{{end}}{{template "t" .name}}{{template "t"}}', "[AnnAnn][<no value><no value>]"),
        ('{{block "b" .user}}{{.name}}{{end}}{{template "b" .}}', "BoAnn"),
        ('{{define "a"}} {{end}}{{define "a"}}x{{end}}{{template "a"}}', "x"),
        ('{{define "prompt"}}only{{end}}', "only"),
        (
            '{{define "tree"}}{{.v}}{{with .next}}>{{template "tree" .}}{{end}}{{end}}{{template "tree" .chain}}',
            "1>2>3",
        ),
    ]
)
def test_templates_in_templates(source, expected):
    chain = {"v": 1, "next": {"v": 2, "next": {"v": 3}}}
    assert render(source, {**DATA, "chain": chain}) == expected


@renders(
    [
        ("{{and 1 0 2}} {{and 1 2}} {{or 0 `` 3}} {{or 0 nil}}", "0 2 3 <no value>"),
        ("{{and 0 (index .list 99)}} {{or 1 (index .list 99)}}", "0 1"),
        ("{{1 | and 0}} {{0 | or 2}} {{3 | and 2}}", "0 2 3"),
        ("{{not 0}} {{not .list}} {{not nil}}", "true false true"),
        ("{{eq 1 2 3 1}} {{eq `a` `a` 1}} {{ne 1 2}}", "true true true"),
        ("{{eq nil .missing}} {{eq .list nil}} {{ne .nil `x`}}", "true false true"),
        ("{{eq (index `a` 0) 97}} {{lt (index `a` 0) 98}}", "true true"),
        ("{{lt 1 2}} {{le `a` `a`}} {{gt 1.5 1.0}} {{ge `é` `z`}}", "true true true true"),
    ]
)
def test_logic_and_comparison(source, expected):
    assert render(source, DATA) == expected


@renders(
    [
        ("{{len .accents}} {{len .list}} {{len .map}}", "9 3 2"),
        ("{{slice .accents 1 3}} {{slice .list 1}} {{slice .name 0 2}}", "é [2 3] An"),
        ("{{slice .accents 0 2}}", "h\ufffd"),
        ("{{slice .accents 0 2}}{{slice .accents 2 3}}", "hé"),
        ("{{index .map `a`}} {{index .map `zz`}} {{index .mixed 2 `k`}} {{index .list}}", "1 <no value> v [1 2 3]"),
        (r'{{"\xe2"}}{{"\x98\x83"}}', "☃"),
    ]
)
def test_bytes_and_indexes(source, expected):
    assert render(source, DATA) == expected


@renders(
    [
        ("{{.map}} {{.mixed}}", "map[a:1 b:2] [1 <nil> map[k:v]]"),
        (
            "{{1.0}} {{2.5}} {{1e6}} {{123456789.0}} {{1e-5}} {{0.0001}} {{1e20}}",
            "1 2.5 1e+06 1.23456789e+08 1e-05 0.0001 1e+20",
        ),
        ("{{100000.0}} {{1234567.5}}", "100000 1.2345675e+06"),
        ("{{print 1 2 `a` 3 4}} {{print `a` `b`}}", "1 2a3 4 ab"),
        ("{{println `a` 1 nil}}", "a 1 <nil>\n"),
        ("{{html `<a href=\"x\">'&'`}}", "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&#39;"),
        ("{{js `a'b<c>=\\`}}", r"a\'b\u003Cc\u003E\u003D" + r"\\"),
        ("{{urlquery `a b/é~`}}", "a+b%2F%C3%A9~"),
    ]
)
def test_printing(source, expected):
    assert render(source, DATA) == expected


@pytest.mark.parametrize(
    ("missingkey", "source", "expected"),
    [
        ("default", "{{.x}} {{.x.y}}", "<no value> <no value>"),
        ("invalid", "{{.x}} {{.x.y}}", "<no value> <no value>"),
        ("zero", "{{.x}} {{if .x}}a{{else}}b{{end}}", "<no value> b"),
        ("error", "{{.nil}} {{index .map `x`}}", "<no value> <no value>"),
    ],
)
def test_missing_keys(missingkey, source, expected):
    assert render(source, DATA, missingkey=missingkey) == expected


def test_a_template_renders_again_and_again():
    template = parse("{{range $i, $e := .}}{{$i}}{{$e}}{{end}}")
    assert [template.render(data) for data in (["a"], ["b", "c"], [])] == ["0a", "0b1c", ""]


def test_keys_of_other_kinds_and_subclasses_of_plain_values():
    class Text(str):
        __slots__ = ()

    assert render("{{.}}", {2: "b", 1: "a", "x": Text("y")}) == "map[1:a 2:b x:y]"
    assert render("{{if eq . `y`}}same{{end}}", Text("y")) == "same"
    assert render("{{range .}}{{.}}{{end}}", (1, 2)) == "12"


def test_no_attribute_of_an_object_is_reached():
    class Secret:
        token = "hidden"

    assert render("{{.}}", Secret()) == "<Secret>"
    with pytest.raises(Exception, match="can't evaluate field token"):
        render("{{.token}}", Secret())
