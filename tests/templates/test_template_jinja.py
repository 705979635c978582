"""Templates that ask for jinja2: rendered in the sandbox, checked by jinja2's parser, with places."""

import datetime as dt

import pytest

from mfo_dialect.templates import ProblemKind, Template, TemplateError, parse, parse_jinja

DATA = {"name": "Ann", "items": [{"x": 1}, {"x": 2}]}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hi {{ name }}{{ missing }}!", "Hi Ann!"),
        ("{% for item in items %}{{ loop.index }}:{{ item.x }} {% endfor %}", "1:1 2:2 "),
        ("{{ name | upper ~ '!' }} {{ '%s' | format(name) }} {{ '{}'.format(1) }}", "ANN! Ann 1"),
        ("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(200000) }}{{ 2 * 3 }}", "<200000>6"),
        ("{% set x %}a{{ name }}{% endset %}{{ x }}{{ range(3) | list }}", "aAnn[0, 1, 2]"),
        ("line\r\nline\n", "line\nline\n"),
        ("{{ now().year }}", "2024"),
    ],
)
def test_rendering(source, expected):
    moment = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    assert parse_jinja(source).render(DATA, clock=lambda: moment) == expected


@pytest.mark.parametrize(
    ("source", "place", "kind"),
    [
        ("a\n  {{ name ", "{{ name", ProblemKind.SYNTAX),
        ("a\n{% if %}\n", "{% if %}", ProblemKind.SYNTAX),
        ("{{ name | uper }}", "uper", ProblemKind.UNKNOWN_FUNCTION),
        ("{{ name is strange }}", "strange", ProblemKind.UNKNOWN_FUNCTION),
        ("a\n{% include 'x' %}", "{% include 'x' %}", ProblemKind.UNDEFINED_TEMPLATE),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", None, ProblemKind.SYNTAX),
    ],
)
def test_problems(source, place, kind):
    (problem,) = parse_jinja(source).problems
    assert problem.kind is kind
    assert source[slice(*problem.span)] == (source if place is None else place)


def test_a_broken_template_does_not_render():
    with pytest.raises(TemplateError) as caught:
        parse_jinja("a\n{{ name").render(DATA)
    assert (caught.value.stage, caught.value.span.start) == ("parse", 2)


def test_a_failing_template_tells_where_and_what_was_written():
    source = "a\nb{{ name }}\n {{ 1 / 0 }} c"
    with pytest.raises(TemplateError, match="division by zero") as caught:
        parse_jinja(source).render(DATA)
    assert (caught.value.stage, caught.value.partial) == ("exec", "a\nbAnn\n ")
    assert source[slice(*caught.value.span)] == "{{ 1 / 0 }} c"


def test_messages_hold_no_values():
    with pytest.raises(TemplateError) as caught:
        parse_jinja("{{ name.encode('ascii').decode('utf-16') }}").render({"name": "hidden"})
    assert "hidden" not in caught.value.message


def test_missing_names_can_be_refused():
    with pytest.raises(TemplateError, match="'missing' is undefined"):
        parse_jinja("{{ missing }}").render(DATA, missingkey="error")


def test_data_must_be_a_map():
    with pytest.raises(TemplateError, match="no map"):
        parse_jinja("x").render([1])
    assert parse_jinja("x").render(None) == "x"


def test_both_engines_have_one_interface():
    templates: list[Template] = [parse("{{ .name }}"), parse_jinja("{{ name }}")]
    assert [template.render(DATA) for template in templates] == ["Ann", "Ann"]
    assert [[read.name for read in template.reads] for template in templates] == [["name"], ["name"]]
