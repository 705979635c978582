"""Inside the project file: what may be typed at each kind of place, in broken texts too, and what is written there."""

from __future__ import annotations

import random

import pytest

from mfo_dialect.model.project import read_project
from mfo_dialect.rules import RULES
from mfo_dialect.syntax.toml_places import TomlExpects, toml_places
from mfo_lsp.features.completion import CompletionClient
from mfo_lsp.features.project_file import complete_project, hover_project
from tests.effort import examples
from tests.features.accepting import Typed, accept
from tests.marks import CURSOR
from tests.rules.told import told

WHOLE = """\
baseline = "known.json"
[bundle]
prompts = ["shared/*.yml"]
[check]
select = ["default", "MFO4"] # most
ignore = []
[rules]
unknown-output = "warning"
[task_types."write it"]
description = "Writes."
config = {type = "object", properties = {to = {type = "string"}}}
[servers.prod]
base_url = "https://example.org"
[budgets.month]
max_tokens = 5
[journal]
enabled = true
"""


def split(text):
    offset = text.index(CURSOR)
    return text.replace(CURSOR, "", 1), offset


def items(marked, document="mfo.toml", table=(), undeclared=("send_letter",), snippets=True):
    text, offset = split(marked)
    return complete_project(read_project(text, document, table), offset, CompletionClient(snippets), undeclared)


def taken(marked, label, **how):
    """The text once an item is taken, ``<|>`` at its tab stops."""
    text, offset = split(marked)
    (item,) = [item for item in items(marked, **how) if item.label == label]
    accepted = accept(Typed(text, text, offset, ""), item)
    return accepted.text


@pytest.mark.parametrize(
    ("marked", "some", "not_these"),
    [
        (
            "<|>",
            {"baseline", "[bundle]", "[rules]", "[task_types.send_letter]", "[task_types.name]"},
            {"bundle", "select"},
        ),
        ("base<|>", {"baseline"}, set()),
        ('baseline = "a"\n<|>', {"[rules]"}, {"baseline"}),
        ("[<|>", {"bundle", "rules", "budgets", "budgets.month", "servers.name"}, {"baseline", "[rules]"}),
        ("[rules]\n[<|>]", {"bundle"}, {"rules"}),
        ("[ru<|>les]", {"rules"}, set()),
        ("[task_types.<|>", {"task_types.send_letter", "task_types.name"}, set()),
        ('[task_types."a b"]\nconfig = {}\n[<|>]', {'task_types."a b".outputs'}, {'task_types."a b".config'}),
        ("[check]\n<|>", {"select", "ignore", "[rules]"}, {"baseline"}),
        ("[check]\nselect = []\nig<|> = []", {"ignore"}, {"select"}),
        ("[check]\nselect = [<|>", {"MFO401", "unknown-output", "MFO4", "default", "all", "security"}, set()),
        ('[check]\nselect = ["MFO401", "<|>"]\n[rules]', {"MFO402"}, {"MFO401"}),
        ('[check]\nselect = [\n  "MFO401", # first\n  <|>\n]', {"MFO402"}, {"MFO401"}),
        ("[rules]\n<|>", {"unknown-output", "MFO402"}, {"select"}),
        ('[rules]\nMFO402 = "<|>"', {"off", "hint", "information", "warning", "error"}, set()),
        ("[rules]\nMFO402 = <|>", {"off", "error"}, set()),
        ("rules = {MFO402 = <|>}", {"off"}, set()),
        ("rules = {<|>}", {"MFO402"}, {"[check]"}),
        ("[journal]\nenabled = <|>", {"true", "false"}, set()),
        ("[journal]\nsynchronous = '<|>'", {"normal", "full"}, set()),
        ("budgets.<|>", {"max_tokens", "month"}, {"[rules]"}),
        ("[task_types.x]\nconfig = {<|>}", {"type", "properties"}, {"module"}),
        ('[task_types.x]\nconfig = {type = "<|>"}', {"object", "string"}, set()),
        ("[task_types.x.config.properties.a]\n<|>", {"type", "description"}, {"module"}),
        ("[servers.prod]\n<|>", {"base_url", "token_env"}, set()),
    ],
)
def test_what_fits_is_offered(marked, some, not_these):
    labels = {item.label for item in items(marked)}
    assert some <= labels
    assert not not_these & labels


@pytest.mark.parametrize(
    "marked",
    ['a = "x" <|>', "# a <|>", 'baseline = "a" # <|>', '[rules]\nx = """\n<|>\n"""', '[check]\nselect = ["a" <|>]', "[bundel]\nx = <|>", 'baseline = "<|>"'],
)  # fmt: skip
def test_nothing_is_offered_where_nothing_is_known(marked):
    assert items(marked) == ()


@pytest.mark.parametrize(
    ("marked", "label", "text"),
    [
        ("[ru<|>", "rules", "[rules]"),
        ("[ru<|>]\na = 1", "rules", "[rules]\na = 1"),
        ("ru<|>\n", "[rules]", "[rules]\n"),
        ("[task_types.se<|>", "task_types.send_letter", "[task_types.send_letter]"),
        ("[task_types.<|>", "task_types.name", "[task_types.name]"),
        ("[check]\nsel<|>", "select", "[check]\nselect = []"),
        ("[check]\nsel<|> = []", "select", "[check]\nselect = []"),
        ('[rules]\nMFO402 = "w<|>', "warning", '[rules]\nMFO402 = "warning"'),
        ("[rules]\nMFO402 = 'w<|>'", "warning", '[rules]\nMFO402 = "warning"'),
        ("[rules]\nMFO402 = w<|>", "warning", '[rules]\nMFO402 = "warning"'),
        ('[check]\nselect = ["MF<|>]', "MFO401", '[check]\nselect = ["MFO401"]'),
        ("[rules]\nunk<|>", "unknown-output", '[rules]\nunknown-output = ""'),
        ("[journal]\nenabled = f<|>", "false", "[journal]\nenabled = false"),
    ],
)
def test_taking_an_item_replaces_what_is_half_typed(marked, label, text):
    assert taken(marked, label) == text


def test_a_client_without_tab_stops_gets_plain_text():
    assert taken("[check]\nsel<|>", "select", snippets=False) == "[check]\nselect = "
    assert not any(item.is_snippet for item in items("<|>", snippets=False))


def test_the_table_of_a_shared_file_is_the_project():
    shared = {"document": "pyproject.toml", "table": ("tool", "mfo")}
    assert {"tool.mfo.rules", "tool.mfo.bundle"} <= {item.label for item in items("[tool.mfo]\n[<|>", **shared)}
    assert "MFO402" in {item.label for item in items("[tool.mfo.rules]\n<|>", **shared)}
    assert items("[tool.mfo]\n[project]\n<|>", **shared) == ()


def test_what_is_usual_is_marked_and_rules_are_told_of():
    marks = {item.label: item.detail for item in items("[rules]\nunknown-output = <|>")}
    rule = next(rule for rule in RULES if rule.name == "unknown-output")
    assert [label for label, mark in marks.items() if mark] == [rule.severity.word]
    (item,) = [item for item in items("[rules]\n<|>") if item.label == rule.name]
    assert rule.code in item.documentation
    assert item.detail == rule.code


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("base<|>line", "findings that are known"),
        ("[che<|>ck]", "What is checked"),
        ("sel<|>ect", "Which rules run"),
        ('"MFO<|>4"', "unknown-output"),
        ('"def<|>ault"', "where nothing is said"),
        ("unknown<|>-output", "MFO402"),
        ('"warn<|>ing"', "MFO402"),
        ('."wri<|>te it"', "Writes."),
        ("prop<|>erties", "keys of a map"),
        ('base_url = "https:<|>//', "address"),
        ("max_to<|>kens", "tokens"),
    ],
)
def test_what_is_written_is_told_of(at, words):
    plain = at.replace(CURSOR, "")
    assert WHOLE.count(plain) == 1
    found = hover_project(read_project(WHOLE, "mfo.toml"), WHOLE.index(plain) + at.index(CURSOR))
    assert found is not None
    assert words in found.markdown
    assert found.span.contains(WHOLE.index(plain) + at.index(CURSOR))


def test_nothing_is_told_of_what_is_nobodys():
    assert hover_project(read_project("# words\n[other]\nx = 1\n", "mfo.toml"), 2) is None
    assert hover_project(read_project("[project]\nname = 'x'\n", "pyproject.toml", ("tool", "mfo")), 12) is None


def test_no_item_is_an_error_when_it_is_taken():
    """At any place of a file, cut there or not: what is offered and needs no more typing is no new finding."""
    chance = random.Random(5)
    for offset in chance.sample(range(len(WHOLE)), examples(8)):
        for text in (WHOLE, WHOLE[:offset]):
            project = read_project(text, "mfo.toml")
            for item in complete_project(project, offset, CompletionClient(snippets=False))[:: 1 + 9 // examples(1)]:
                accepted = accept(Typed(text, text, offset, ""), item).text
                after = read_project(accepted, "mfo.toml")
                is_open = after.problem is not None or accepted.rstrip().endswith("=")
                assert is_open or len(findings(accepted)) <= max(1, len(findings(text))), (text[:offset], item.label)


def findings(text):
    return told({"flow.yml": "name: a\ntasks: [{id: a, type: mfo_api_tool_list}]\n", "mfo.toml": text})


def test_any_text_has_places_inside_it():
    chance = random.Random(3)
    for _ in range(examples(300)):
        start, end = chance.randrange(len(WHOLE)), chance.randrange(len(WHOLE))
        text = (
            WHOLE[:start]
            + chance.choice(["", '"', "[", "{", "=", "\n", ".", "#", "\r", "'''", "[" * 200])
            + WHOLE[end:]
        )
        places = toml_places(text)
        spans = [*places.values.values(), *(span for spans in places.keys.values() for span in spans)]
        spans += [places.slot_at(offset).word for offset in (0, start, len(text))]
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)
        complete_project(read_project(text, "mfo.toml"), min(start, len(text)), CompletionClient())


def test_a_header_inside_a_list_that_is_not_closed_ends_it():
    text = '[check]\nselect = ["MFO4",\n[rules]\nMFO402 = "off"\n'
    assert toml_places(text).slot_at(len(text)).path == ("rules",)
    assert toml_places(text).slot_at(text.index(",") + 1).expects is TomlExpects.VALUE
