"""Which call a cursor stands in, and which parameter is being typed."""

from __future__ import annotations

import pytest

from mfo_lsp.features.signature_help import signature_help
from tests.features.bundles import FILES, at


def helped(document, marked, **options):
    found = signature_help(*at(document, marked), **options)
    if found is None:
        return None
    signature = found.signatures[found.active]
    active = signature.parameters[signature.active] if signature.active is not None else None
    return signature.label.split("(")[0].split(":")[0].strip(), signature.label[
        active.start : active.end
    ] if active else None


def in_expression(marked):
    return helped("workflow.yml", FILES["workflow.yml"].replace("n: len(ask.message)", f"n: {marked!r}"))


@pytest.mark.parametrize(
    ("typed", "name", "parameter"),
    [
        ("split(<|>", "split", "text string"),
        ("split(ask.message, <|>)", "split", "separator string"),
        ('split(ask.message, ",", <|>', "split", "most int"),
        ("split([1, 2, 3], <|>)", "split", "separator string"),
        ("split(len(a, b), <|>)", "split", "separator string"),
        ("filter(x, {# > 1 and len(<|>", "len", None),
        ("ask.message | split(<|>)", "split", "separator string"),
        ("now().Add(<|>)", "Add", None),
        ("max(1, 2, 3, 4, <|>)", "max", None),
    ],
)
def test_calls_in_expressions(typed, name, parameter):
    found = in_expression(typed)
    assert found is not None
    assert found[0] == name
    if parameter is not None:
        assert found[1] == parameter


@pytest.mark.parametrize("typed", ["le<|>n(a)", "len(a)<|>", "(1 + <|>2)", "nothing(<|>)", '"len(<|>"', "[len, <|>]"])
def test_no_call_in_expressions(typed):
    assert in_expression(typed) is None


def in_template(marked):
    return helped("prompts.yml", FILES["prompts.yml"].replace("{{ .letter | upper }}", marked))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("{{ replace <|>", "(old string)"),
        ("{{ replace .a.b <|>", "(new string)"),
        ("{{ replace .a .b .c<|> }}", "(text string)"),
        ("{{ replace (printf `%s` .a) <|> }}", "(new string)"),
        ("{{ if replace .a <|> }}", "(new string)"),
        ("{{ $x := replace .a <|> }}", "(new string)"),
        ("{{ .letter | replace `a` <|> }}", "(new string)"),
        ("{{ printf .a .b .c .d <|> }}", "(values ...any)"),
    ],
)
def test_calls_in_templates(typed, found):
    assert in_template(typed)[1] == found


@pytest.mark.parametrize(
    "typed", ["{{ replace<|> }}", "{{ .letter <|>}}", "replace <|>{{ .letter }}", "{{ (upper .a) <|> }}"]
)
def test_no_call_in_templates(typed):
    assert in_template(typed) is None or in_template(typed)[0] not in {"replace", "upper"}


def test_the_keys_of_a_config_where_somebody_asks():
    marked = FILES["workflow.yml"].replace('config: {key: "letter', 'config: {ke<|>y: "letter')
    assert helped("workflow.yml", marked) == ("mfo_api_memory_get", "key (text)")
    assert helped("workflow.yml", marked, is_asked=False) is None
    chat = FILES["workflow.yml"].replace("prompt_template_id: answer", "prompt_template_id: ans<|>wer")
    assert helped("workflow.yml", chat)[0] == "mfo_api_chat_send"
    assert helped("workflow.yml", chat)[1].startswith("prompt_template_id (text) | prompt (text)")
    own = FILES["workflow.yml"].replace("config: {value: 80}", "config: {va<|>lue: 80}")
    assert helped("workflow.yml", own) == ("stamp", "value (any value)")


def test_nothing_outside_of_calls_and_configs():
    assert helped("workflow.yml", FILES["workflow.yml"].replace("id: fetch", "id: fe<|>tch")) is None


JINJA = "templates:\n  t:\n    engine: jinja2\n    variables: [letter, rows]\n    user_prompt: |\n      "


@pytest.mark.parametrize(
    ("typed", "name", "parameter"),
    [
        ("{{ letter | replace(<|>) }}", "replace", "old"),
        ("{{ letter | replace('a', <|>) }}", "replace", "new"),
        ("{{ letter | replace('a', 'b', 1, <|>) }}", "replace", None),
        ("{{ letter | truncate(end=<|>) }}", "truncate", "end='...'"),
        ("{{ letter | upper | default(<|>", "default", "default_value=''"),
        ("{{ rows | map('upper', <|>) }}", "map", "**kwargs"),
        ("{% if letter is divisibleby(<|>) %}", "divisibleby", "num"),
        ("{% if letter is not sameas(<|>) %}", "sameas", "other"),
        ("{% for n in range(1, <|>) %}", "range", "stop"),
        ("{{ cycler('a', 'b', <|>) }}", "cycler", "*items"),
        ("{{ replace(letter | replace('x', <|>)) }}", "replace", "new"),
    ],
)
def test_calls_in_jinja_templates(typed, name, parameter):
    assert helped("prompts.yml", JINJA + typed) == (name, parameter)


@pytest.mark.parametrize(
    "typed", ["{{ lett<|>er }}", "{{ letter | upper<|> }}", "{{ letter.replace(<|>) }}", "{{ (<|>letter) }}", "plain(<|>", "{{ x | replace('a<|>b') }}", "{{ letter | nothing(<|>) }}", "{{ letter | replace('a', 'b') }} <|>", "{{ letter | replace([<|>]) }}"],
)  # fmt: skip
def test_no_call_in_jinja_templates(typed):
    assert helped("prompts.yml", JINJA + typed) is None
