import math

import pytest

from mfo_dialect.syntax.core_schema import resolve_plain, resolve_tagged

PLAIN = [
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nUll", "nUll"),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("tRue", "tRue"),
    ("yes", "yes"), ("on", "on"), ("no", "no"), ("off", "off"), ("y", "y"), ("1:30", "1:30"),
    ("0", 0), ("12", 12), ("-3", -3), ("+7", 7), ("0755", 755), ("0o17", 15), ("0x1F", 31), ("0b1", "0b1"), ("1_000", "1_000"),
    ("9223372036854775808", 9223372036854775808), ("1" * 4000, int("1" * 4000)), ("1" * 5000, "1" * 5000),
    ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.5E-2", 0.015), (".inf", math.inf), ("-.INF", -math.inf),
    ("+.Inf", math.inf), ("1e999", math.inf), ("+", "+"), ("-", "-"), (".", "."), ("1.2.3", "1.2.3"), ("2024-01-01", "2024-01-01"),
    ("0x", "0x"), ("0o8", "0o8"), ("\u0661", "\u0661"), ("12 ", "12 "), ("12\n", "12\n"), ("${a.b}", "${a.b}"),
]  # fmt: skip

TAGGED = [
    ("12", "!!str", True, "12"), ("12", "!<tag:yaml.org,2002:str>", True, "12"), ("12", "!", True, "12"),
    ("12", "!!int", False, 12), ("12", "!!float", True, 12.0), ("x", "!!int", True, "x"), ("true", "!!int", True, "true"),
    ("true", "!!bool", False, True), ("1", "!!bool", True, "1"), ("", "!!null", True, None), ("12", "!mine", True, 12), ("12", "!mine", False, "12"),
    ("9" * 400, "!!float", True, int("9" * 400)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_plain_scalars_have_the_values_of_the_core_schema(text, value):
    found = resolve_plain(text)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_a_float():
    assert math.isnan(resolve_plain(".NaN"))


@pytest.mark.parametrize(("text", "tag", "plain", "value"), TAGGED)
def test_a_tag_decides_the_type_where_the_text_fits(text, tag, plain, value):
    found = resolve_tagged(text, tag, plain=plain)
    assert found == value
    assert type(found) is type(value)
