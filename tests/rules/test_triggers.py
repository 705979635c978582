"""Triggers: targets, schedules and what they may read."""

import json

import pytest

from mfo_dialect.analysis.schedules import cron_problem
from tests.rules.cases import Case, findings_of
from tests.rules.told import assert_told


def workflow(*triggers: str, flows: tuple[str, ...] = ("one", "two")) -> str:
    lines = ["workflow_name: w", "triggers:", *(f"  - {trigger}" for trigger in triggers), "taskflows:"]
    for flow in flows:
        lines += [f"  - taskflow_id: {flow}", "    tasks: [{id: a, type: mfo_api_tool_list}]"]
    return "\n".join(lines) + "\n"


def schedule(cron: str, *more: str) -> str:
    return workflow("id: t", "  type: schedule".strip(), flows=("one",)).replace(
        "  - type: schedule",
        f"    type: schedule\n    config:\n      cron_expression: {cron}" + "".join(f"\n{x}" for x in more),
    )


CASES = [
    Case("a misspelt target", workflow("{id: t, type: manual, target_taskflow: oen}"), [("MFO703", "oen", '"one"')]),
    Case(
        "no target where there are two", workflow("{id: t, type: manual}"), [("MFO703", "t", "2 taskflows, one, two")]
    ),
    Case("an hour too many", schedule('"0 24 * * *"'), [("MFO704", "24", "hour")]),
    Case("four fields", schedule('"0 2 * *"'), [("MFO704", "0 2 * *", "five fields")]),
    Case("seconds", schedule("'0 0 2 * * *'"), [("MFO704", "0 0 2 * * *", "seconds cannot")]),
    Case("never", schedule('"0 0 30 2 *"'), [("MFO704", "0 0 30 2 *", "never fires")]),
    Case("a shortcut", schedule('"@daily"'), [("MFO704", "@daily", "shortcuts")]),
    Case("a word", schedule('"0 2 * FEBR *"'), [("MFO704", "FEBR", "month")]),
    Case(
        "a time zone",
        schedule('"0 2 * * *"', "      timezone: Europe/Pariss"),
        [("MFO704", "Europe/Pariss", '"Europe/Paris"')],
    ),
    Case("no zone at all", schedule('"0 2 * * *"', "      timezone: ../etc"), [("MFO704", "../etc", "no IANA")]),
    Case(
        "a payload",
        schedule('"0 2 * * *"', "    input_mapping: {x: '${TRIGGER.payload.x}'}"),
        [("MFO705", "${TRIGGER.payload.x}", "no payload")],
    ),
    Case(
        "a trigger's id",
        schedule('"0 2 * * *"', "    input_mapping: {x: TRIGGER.id}"),
        [("MFO705", "TRIGGER.id", "plain values")],
    ),
]
SILENT = [
    Case("one taskflow needs no target", workflow("{id: t, type: manual}", flows=("one",))),
    Case("named", workflow("{id: t, type: manual, target_taskflow: two}")),
    Case("zones and names", schedule('"*/5 8-18 1,15 JAN-MAR MON"', "      timezone: America/New_York")),
    Case("plain values", schedule('"0 2 * * *"', "    input_mapping: {x: y, z: 3, host: openai.com}")),
    Case(
        "payloads elsewhere",
        workflow(
            "{id: t, type: manual, target_taskflow: one, input_mapping: {x: TRIGGER.payload.x, y: '$<TRIGGER.id>'}}"
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_mistake_is_one_finding(case: Case) -> None:
    assert_told(case)


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_is_not_mentioned(case: Case) -> None:
    assert_told(case)


@pytest.mark.parametrize(
    "text",
    ["* * * * *", "0 0 29 2 *", "0 0 * * 7", "59 23 31 12 SUN", " 0  0 1 * * ", "*/15 0-6/2 * * 1-5", "0 0 L * *"],
)
def test_a_good_cron_expression(text: str) -> None:
    assert cron_problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "60 * * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "1,,2 * * * *",
        "* * * * MO",
    ],
)
def test_a_bad_cron_expression(text: str) -> None:
    problem = cron_problem(text)
    assert problem is not None
    assert 0 <= problem.start <= problem.end <= len(text)


EVENT = """\
workflow_name: orders
triggers:
  - {{id: paid, type: {kind}, config: {{event_type: order.paid, filter: {filter}}}}}
taskflows:
  - {{taskflow_id: thank, tasks: [{{id: note, type: transform, config: {{values: {{x: "1"}}}}}}]}}
"""


@pytest.mark.parametrize(
    ("filter_", "message"),
    [
        ("a b", 'unexpected "b"'),
        ("event.type > 3", '">" does not take a string and an int'),
        ("upper(name)", "of type string"),
        ("total > 100 and customer.name == 'Ada'", None),
        ("event.data.total > 1 or event.anything", None),
        ("urgent", None),
        ("{customer.name: Ada}", None),
        ("", None),
    ],
)
def test_a_filter_is_an_expression_over_whatever_an_event_tells(filter_, message):
    files = {"workflow.yml": EVENT.format(kind="event", filter=json.dumps(filter_) if filter_[:1] != "{" else filter_)}
    said = [finding.message for finding in findings_of(files) if finding.code == "MFO709"]
    assert len(said) == (message is not None)
    assert all(message in one for one in said)


def test_a_filter_of_another_kind_of_trigger_is_not_looked_at():
    files = {"workflow.yml": EVENT.format(kind="webhook", filter="a b")}
    assert "MFO709" not in {finding.code for finding in findings_of(files)}
