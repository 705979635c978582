"""Hints, written into the text where they are shown."""

from __future__ import annotations

from dataclasses import fields

import pytest

from mfo_dialect.text import Span
from mfo_lsp.features.inlay_hints import HintKind, inlay_hints
from mfo_lsp.features.preferences import Preferences
from tests.features.bundles import FILES, snapshot_of


def shown(part, preferences=None, **files):
    """The only ``part`` of the workflow with its hints in angle quotes."""
    snapshot = snapshot_of(**files)
    text = snapshot.bundle.sources["workflow.yml"].text
    assert text.count(part) == 1
    start = text.index(part)
    within = Span(start, start + len(part))
    for hint in reversed(inlay_hints(snapshot, "workflow.yml", within, preferences or Preferences())):
        part = part[: hint.offset - start] + f"\u00ab{hint.label}\u00bb" + part[hint.offset - start :]
    return part


def test_types_of_references_that_lead_to_something_known():
    assert shown("${ask.message}") == "${ask.message}\u00ab: string\u00bb"
    assert shown('"${ask.parsed_content.mood}"') == '"${ask.parsed_content.mood}\u00ab: string\u00bb"'
    assert shown("letter: fetch.value") == "letter: fetch.value"


def test_the_type_that_a_transform_computes():
    assert shown("n: len(ask.message)") == "n: len(ask.message)\u00ab: integer\u00bb"


def test_the_numbers_of_branches():
    assert shown("[keep, group]\n") == "[\u00ab0 true:\u00bbkeep, \u00ab1 false:\u00bbgroup]\n"
    three = FILES["workflow.yml"].replace("[keep, group]\n", "[keep, group, late]\n")
    assert (
        shown("[keep, group, late]", workflow=three) == "[\u00ab0:\u00bbkeep, \u00ab1:\u00bbgroup, \u00ab2:\u00bblate]"
    )


def test_only_what_lies_in_the_stretch_is_shown():
    assert shown("successors: [keep") == "successors: [\u00ab0 true:\u00bbkeep"


def test_a_branch_that_goes_round_again():
    text = (
        "name: a\ntasks:\n  - id: go\n    type: mfo_api_tool_list\nconditions:\n  - id: more\n    type: expr\n"
        "    dependencies: [go]\n    config: {expression: 'true'}\n    successors: [go]\n"
    )
    assert shown("successors: [go]", workflow=text) == "successors: [\u00ab0 true, again:\u00bbgo]"


SCHEDULE = """\
workflow_name: a
triggers:
  - id: t
    type: schedule
    config: {cron_expression: "0 8 * * 1", timezone: Europe/Paris}
taskflows:
  - taskflow_id: a
    tasks: [{id: a, type: mfo_api_tool_list}]
"""


def test_schedules_in_words():
    assert shown('"0 8 * * 1",', workflow=SCHEDULE) == '"0 8 * * 1"\u00abAt 08:00 on Monday (Europe/Paris)\u00bb,'
    broken = SCHEDULE.replace("0 8 * * 1", "0 80 * * 1")
    assert shown('"0 80 * * 1",', workflow=broken) == '"0 80 * * 1",'


def test_what_a_template_is_called_or_how_it_begins():
    assert shown("prompt_template_id: answer") == "prompt_template_id: answer\u00abAn answer\u00bb"
    prompts = FILES["prompts.yml"].replace("    name: An answer\n", "")
    begins = "answer\u00abLetter {{ .letter | upper }} to {{ .to }} from {{ .sign }}\u00bb"
    assert shown("prompt_template_id: answer", prompts=prompts).endswith(begins)


@pytest.mark.parametrize("kind", HintKind)
def test_each_kind_can_be_turned_off(kind):
    names = {field.name for field in fields(Preferences) if field.name.startswith(f"inlay_{kind.value}")}
    text = SCHEDULE.replace("tasks: [{", "conditions: [{id: c, type: expr, config: {expression: a.tools != nil}, "
        "dependencies: [a], successors: [b]}]\n    tasks: [{id: b, type: mfo_api_chat_send, config: "
        "{prompt_template_id: answer, prompt_context: {letter: a.tools}}}, {")  # fmt: skip
    snapshot = snapshot_of(workflow=text)
    whole = Span(0, len(text))
    everything = inlay_hints(snapshot, "workflow.yml", whole, Preferences())
    assert {hint.kind for hint in everything} == set(HintKind)
    without = inlay_hints(snapshot, "workflow.yml", whole, Preferences(**dict.fromkeys(names, False)))
    assert without == tuple(hint for hint in everything if hint.kind is not kind)
