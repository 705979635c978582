"""Nothing that a template or its data holds makes it crash, hang, recurse out or fill the memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.templates import Template, TemplateError, parse, parse_jinja, render
from mfo_dialect.templates.nodes import walk


def outcome(template: Template, data: object, **options) -> tuple[str, TemplateError | None]:
    """What was written, and the error that ended it."""
    try:
        return template.render(data, **options), None
    except TemplateError as error:
        return error.partial, error


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("{{range $}}{{range $}}{{range $}}x{{end}}{{end}}{{end}}", list(range(1000))),
        ("{{range $}}{{range $}}{{range $}}{{if true}}{{continue}}{{end}}{{end}}{{end}}{{end}}", list(range(1000))),
        ('{{template "prompt" .}}', None),
        (
            '{{define "a"}}{{template "b" .}}{{template "b" .}}{{end}}{{define "b"}}{{template "a" .}}{{template "a" .}}{{end}}{{template "a"}}',
            None,
        ),
        ('{{$x := "ab"}}{{range .}}{{$x = printf "%s%s" $x $x}}{{end}}', list(range(64))),
        ('{{$x := "ab"}}{{range .}}{{$x = replace "a" $x $x}}{{end}}', list(range(64))),
        ("{{range .}}{{$}}{{end}}", ["x" * 1000] * 1000),
        ("{{.}}", nested(500)),
        ("{{toJson .}}", nested(500)),
        ('{{printf "%d" .}}', nested(500)),
        ('{{printf "%999999d%999999d" 1 1}}' * 20, None),
        ("{{index . 0}}", [10**6000]),
        ('{{indent 1000000000 "x"}}', None),
    ],
)
def test_rendering_is_bounded(source, data):
    with pytest.raises(TemplateError) as caught:
        render(source, data)
    assert caught.value.stage == "exec"


def test_data_that_holds_itself():
    loop: dict = {}
    loop["self"] = loop
    with pytest.raises(TemplateError, match="nested too deeply"):
        render("{{.}}", loop)


@pytest.mark.parametrize(
    "source",
    [
        "{{" + "(" * 5000 + "1" + ")" * 5000 + "}}",
        "{{if 1}}" * 5000 + "{{end}}" * 5000,
        "{{print " + "(print " * 5000,
        "{{" + "-" * 5000,
        "{{ '" * 2000,
        "{{ ` " * 2001,
        "{{" * 5000,
        "{{.a" + ".b" * 5000 + " |}}",
        "{{" + "1" * 5000 + "}}",
        "{{" + "1e" * 5000 + "}}",
    ],
)
def test_reading_is_bounded(source):
    template = parse(source)
    assert sum(1 for _ in walk(template.tree)) > 0
    assert isinstance(template.reads, tuple)


def test_long_chains_of_else_if_are_no_nesting():
    source = "{{if eq . 0}}0" + "".join(f"{{{{else if eq . {n}}}}}{n}" for n in range(1, 400)) + "{{end}}"
    assert render(source, 399) == "399"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set n = namespace(x='ab') %}{% for i in range(64) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for i in range(64) %}{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}{% endfor %}",
        "{{ 'x' * 10**10 }}",
        "{{ 9 ** 99999999 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ 'x'.ljust(10**9) }}",
        "{{ 'x' | center(10**9) }}",
        "{{ (5).to_bytes(10**9, 'big') }}",
        "{{ [1].append(2) }}",
        "{{ ('x' * 1000000).replace('x', 'x' * 1000000) }}",
        "{{ (['x' * 100000] * 100000) | join }}",
        "{% for i in range(100000) %}{{ range(100000) | list | length }}{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{% include 'other' %}",
    ],
)
def test_jinja_is_bounded(source):
    with pytest.raises(TemplateError) as caught:
        parse_jinja(source).render({})
    assert caught.value.stage == "exec"


@pytest.mark.parametrize(
    "source", ["{{" + "(" * 5000, "{{ " + "9" * 5000 + " }}", "{% for a in b %}" * 100 + "{% endfor %}" * 100]
)
def test_reading_jinja_is_bounded(source):
    template = parse_jinja(source)
    assert template.problems
    assert isinstance(template.reads, tuple)


PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{{-",
        "-}}",
        "(",
        ")",
        "|",
        ".",
        "$",
        ".a",
        ".b",
        "$x",
        "$",
        ":=",
        "=",
        ",",
        "1",
        "2.5",
        "'c'",
        '"s"',
        "`r`",
        '"',
        "`",
        "nil",
        "true",
        "len",
        "index",
        "printf",
        "print",
        "slice",
        "eq",
        "and",
        "or",
        "not",
        "if",
        "else",
        "end",
        "range",
        "with",
        "define",
        "template",
        "block",
        "break",
        "continue",
        "/*",
        "*/",
        "default",
        "upper",
        "toJson",
        "split",
        "join",
        "\n",
        "é",
        "☃",
        "�",
        '"',
        'x"',
    ]
)
SOURCES = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)
)
DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
    max_leaves=8,
)


@given(SOURCES, DATA, st.sampled_from(["default", "zero", "error"]))
def test_any_template_with_any_data(source, data, missingkey):
    template = parse(source)
    for node in walk(template.tree):
        assert 0 <= node.span.start <= node.span.end <= len(source)
    for problem in template.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(source)
        assert 0 <= problem.noticed_at <= len(source)
    for read in template.reads:
        assert 0 <= read.span.start < read.span.end <= len(source)
    is_broken = any(problem.kind.is_fatal for problem in template.problems)
    output, error = outcome(template, data, missingkey=missingkey)
    output.encode()
    assert is_broken is (error is not None and error.stage == "parse")
    assert error is None or 0 <= error.span.start <= error.span.end <= len(source)


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "a", "b.c", "[0]", "|", "default", "upper", "if", "else", "endif", "for", "in", "endfor", "set", "=", "1", "'x'", "(", ")", "~", "+", "not", "is", "defined", "macro", "endmacro", "-", "\n"]
), max_size=30).map(" ".join)), st.dictionaries(st.sampled_from("ab"), DATA, max_size=2))  # fmt: skip
def test_any_jinja_template_with_any_data(source, data):
    template = parse_jinja(source)
    for item in (*template.problems, *template.reads):
        assert 0 <= item.span.start <= item.span.end <= len(source)
    _, error = outcome(template, data)
    assert error is None or 0 <= error.span.start <= error.span.end <= len(source)


@given(st.text(alphabet="%.*[]0123456789+-# vdsqxXtTUcbeEfFgGp☃", max_size=20), st.lists(DATA, max_size=3))
def test_any_format_with_any_values(form, values):
    arguments = " ".join(f"(index . {index})" for index in range(1, len(values) + 1))
    output, error = outcome(parse(f"{{{{printf (index . 0) {arguments}}}}}"), [form, *values])
    output.encode()
    assert error is None or error.stage == "exec"
