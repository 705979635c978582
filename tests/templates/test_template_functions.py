"""The registered functions, and the table that describes all of them."""

import datetime as dt

import pytest

from mfo_dialect.templates import FUNCTIONS, TemplateError, parse, render

MOMENT = dt.datetime(2024, 5, 1, 15, 4, 5, 123456, tzinfo=dt.timezone(dt.timedelta(hours=-7), "MST"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{{ "héllo" | upper }} {{ lower "ÀB" }} {{ title "big-hearted man\'s" }}', "HÉLLO àb Big-Hearted Man's"),
        ('[{{ trim " \n\u00a0x\t" }}]'.replace("\n", "\\n"), "[x]"),
        ('{{ .list | join ", " }}', "1, a, 2.5"),
        ('{{ split "," "a,b,,c" | len }} {{ index (split "" "ab") 1 }}', "4 b"),
        ('{{ "a-b-c" | replace "-" "" }}', "abc"),
        (
            '{{ contains "b" "abc" }} {{ contains 1 .list }} {{ contains "k" .map }} {{ contains 1 nil }}',
            "true true true false",
        ),
        ("{{ contains 1.0 .list }} {{ contains true .list }}", "false false"),
        ('{{ .missing | default "x" }} {{ default "x" 0 }} {{ default 1 2 }}', "x x 2"),
        (r'{{ indent 2 "a\nb" }}', "  a\n  b"),
        (
            "{{ toJson .map }} {{ toJson .list }} {{ toJson nil }}",
            '{"k":"<v>"} [1,null,"a",2.5] null'.replace("<v>", r"\u003cv\u003e"),
        ),
        ("{{ toJson 1e21 }} {{ toJson 1e-7 }} {{ toJson 5.0 }} {{ toJson 123456789.0 }}", "1e+21 1e-7 5 123456789"),
    ],
)
def test_helpers(source, expected):
    assert render(source, {"list": [1, None, "a", 2.5], "map": {"k": "<v>"}}) == expected


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("2006-01-02T15:04:05Z07:00", "2024-05-01T15:04:05-07:00"),
        ("Mon Jan _2 15:04:05 MST 2006", "Wed May  1 15:04:05 MST 2024"),
        ("Monday, January 2 06 3:4:5PM", "Wednesday, May 1 24 3:4:5PM"),
        ("03pm .000 .999999999 ,00", "03pm .123 .123456 ,12"),
        ("-0700 -07:00 -07 Z0700", "-0700 -07:00 -07 -0700"),
        ("002 __2 day", "122 122 day"),
        ("Janitor Monsoon 20060102", "Janitor Monsoon 20240501"),
    ],
)
def test_layouts(layout, expected):
    assert render(f'{{{{ now | formatDate "{layout}" }}}}', None, clock=lambda: MOMENT) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-01", "2024-05-01 00:00:00"),
        ("2024-05-01 10:30", "2024-05-01 10:30:00"),
        ("2024-05-01T10:30:15.5+02:00", "2024-05-01 10:30:15"),
        (1714559415, "2024-05-01 10:30:15"),
    ],
)
def test_what_counts_as_a_time(value, expected):
    assert render('{{ .t | formatDate "2006-01-02 15:04:05" }}', {"t": value}) == expected


@pytest.mark.parametrize("value", ["soon", "2024-13-01", None, [], 10**20])
def test_what_does_not_count_as_a_time(value):
    with pytest.raises(TemplateError, match="formatDate"):
        render('{{ formatDate "2006" .t }}', {"t": value})


def test_times_print_as_in_go():
    assert render("{{ now }}", None, clock=lambda: MOMENT) == "2024-05-01 15:04:05.123456 -0700 MST"


@pytest.mark.parametrize(
    "source", ["{{ upper 1 }}", "{{ .missing | upper }}", '{{ join "," "a" }}', '{{ indent "2" "a" }}']
)
def test_arguments_of_the_wrong_kind(source):
    with pytest.raises(TemplateError) as caught:
        render(source, {})
    assert caught.value.stage == "exec"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_described_and_its_example_is_a_template(name):
    function = FUNCTIONS[name]
    assert function.documentation.endswith(".")
    assert function.signature.startswith(name)
    assert name in function.example
    # Conditions and loops are shown by their head alone.
    source = function.example + ("{{ end }}" if function.example.startswith(("{{ if", "{{ range")) else "")
    assert parse(source).problems == ()


def test_the_functions_of_the_dialect():
    registered = {name for name, function in FUNCTIONS.items() if not function.is_builtin}
    assert registered == {
        "now",
        "formatDate",
        "upper",
        "lower",
        "title",
        "trim",
        "join",
        "split",
        "replace",
        "contains",
        "default",
        "toJson",
        "indent",
    }
    builtin = {name for name, function in FUNCTIONS.items() if function.is_builtin}
    assert builtin == {
        "and",
        "call",
        "html",
        "index",
        "slice",
        "js",
        "len",
        "not",
        "or",
        "print",
        "printf",
        "println",
        "urlquery",
        "eq",
        "ge",
        "gt",
        "le",
        "lt",
        "ne",
    }
