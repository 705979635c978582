"""Templates that fail: at which stage, where, and what had been written.

A marked source holds ``<`` and ``>`` around the place that the error points at.
"""

import pytest

from mfo_dialect.templates import TemplateError, parse, render
from mfo_dialect.text import Span

DATA = {"n": 3, "name": "Ann", "nil": None, "list": [1, 2], "map": {"a": 1}}

PARSE = [
    "{{",
    "{{.n}",
    "{{/* open",
    "{{/* x */ }}",
    '{{"open}}',
    '{{"a\nb"}}',
    r'{{"\q"}}',
    "{{''}}",
    "{{'ab'}}",
    "{{1_}}",
    "{{08}}",
    "{{0x}}",
    "{{1a}}",
    "{{18446744073709551616}}",
    "{{1e999}}",
    "{{1+2}}",
    "{{☃}}",
    "{{$x=1}}",
    "{{.a-b}}",
    "{{..}}",
    "{{.a.}}",
    "{{nil.x}}",
    "{{true.x}}",
    '{{"a".x}}',
    "{{(1}}",
    "{{1)}}",
    "{{()}}",
    "{{1,2}}",
    "{{|1}}",
    "{{1 || 2}}",
    "{{1 | 2}}",
    "{{1 | nil}}",
    "{{1(2)}}",
    "{{}}",
    "{{nosuch 1}}",
    "{{$x}}",
    "{{with $x := 1}}{{end}}{{$x}}",
    "{{$a, $b := .list}}",
    "{{range $a, $b, $c := .list}}{{end}}",
    "{{range $a, .list}}{{end}}",
    "{{if}}{{end}}",
    "{{if .n}}",
    "{{if .n}}{{else}}{{else}}{{end}}",
    "{{if .n}}{{else if}}{{end}}",
    "{{with .n}}{{else if .n}}{{end}}",
    "{{range .list}}{{else with .n}}{{end}}",
    "{{else}}",
    "{{end}}",
    "{{end 1}}",
    "{{break}}",
    "{{range .list}}{{else}}{{continue}}{{end}}",
    '{{range .list}}{{block "b" .}}{{break}}{{end}}{{end}}',
    "{{define}}{{end}}",
    "{{define name}}{{end}}",
    '{{if .n}}{{define "x"}}{{end}}{{end}}',
    '{{define "x"}}',
    '{{define "x"}}1{{end}}{{define "x"}}2{{end}}',
    '{{define "prompt"}}x{{end}}y',
    '{{block "x"}}{{end}}',
    "{{template}}",
    "{{template .n}}",
    '{{template "x" | .n}}',
]


@pytest.mark.parametrize("source", PARSE)
def test_what_go_refuses_to_parse(source):
    with pytest.raises(TemplateError) as caught:
        render(source, DATA)
    assert caught.value.stage == "parse"
    assert caught.value.partial == ""
    assert 0 <= caught.value.span.start <= len(source)


EXEC = [
    ("a{{.name<.x>}}", "a"),
    ("{{.nil<.x>}}", ""),
    ("{{.map<.a.b>}}", ""),
    ("{{range .list}}{{.}}{{<index $.list .>}}{{end}}", "122"),
    ("x{{<len> 1 2}}", "x"),
    ("{{<len 3>}}", ""),
    ("{{<nil>}}", ""),
    ("{{1 | <.name>}}", ""),
    ("{{<(1)> 2}}", ""),
    ("{{<$> .name}}", ""),
    ("{{printf <1>}}", ""),
    ("{{printf <.n>}}", ""),
    ("{{1 | <printf>}}", ""),
    ("{{range <.n>}}{{end}}", ""),
    ('{{template <"nope"> .}}', ""),
    ("{{$x = <1>}}", ""),
    ("{{<9223372036854775808>}}", ""),
    ("{{<eq .list .list>}}", ""),
    ("{{<eq 1 1.0>}}", ""),
    ("{{<lt true false>}}", ""),
    ("{{<index .map 1>}}", ""),
    ("{{<slice .name 2 1>}}", ""),
    ("{{<slice .list 0 3>}}", ""),
    ("{{<call .name>}}", ""),
    ("{{<eq> }}", ""),
    ("a{{if true}}b{{<index .list 9>}}c{{end}}", "ab"),
    ("line\n{{ .name }}\n{{ <len .n> }}", "line\nAnn\n"),
]


@pytest.mark.parametrize(("marked", "partial"), EXEC, ids=[row[0] for row in EXEC])
def test_what_fails_while_rendering(marked, partial):
    start, end = marked.index("<"), marked.index(">") - 1
    source = marked.replace("<", "").replace(">", "")
    with pytest.raises(TemplateError) as caught:
        render(source, DATA)
    assert (caught.value.stage, caught.value.partial) == ("exec", partial)
    assert source[slice(*caught.value.span)] == source[start:end]


def test_missing_keys_can_be_refused():
    for source in ("{{.x}}", "{{if .map.x}}{{end}}"):
        with pytest.raises(TemplateError, match="no entry for key"):
            render(source, DATA, missingkey="error")
    with pytest.raises(TemplateError, match="nil data"):
        render("{{.x}}", None, missingkey="error")


def test_the_first_mistake_is_the_one_that_is_raised():
    with pytest.raises(TemplateError, match='function "nosuch"') as caught:
        render("{{if .n}}\n{{nosuch}}", DATA)
    assert caught.value.span == Span(12, 12)


def test_a_block_that_is_never_closed_is_noticed_at_the_end():
    source = "{{range .list}}\nx\n"
    problem = parse(source).problems[0]
    assert source[slice(*problem.span)] == "{{range .list}}"
    assert problem.noticed_at == len(source)
