"""Mistakes that published examples make (dialect section 13), in texts of our own: each is said as the dialect asks."""

import pytest

from mfo_dialect.findings import Severity
from tests.rules.cases import findings_of, fix_called, fixed

INNER_QUOTES = """\
name: mail
tasks:
  - id: read_mail
    type: mfo_api_resource_get
    config: {resource_id: "${INPUT.mail}"}
  - id: sort_mail
    type: mfo_api_chat_send
    config:
      prompt: "Answer as {"kind": "..."} and nothing else"
    dependencies: [read_mail]
  - id: keep
    type: mfo_api_memory_store
    config:
      key: mail
      valu: 1
    priority: urgent
    dependencies: [sort_mail]
"""
TASKS_TWICE = """\
name: orders
tasks:
  - id: check_order
    type: mfo_api_tool_list
conditions:
  - id: is_known
    type: expr
    config: {expression: "TASKFLOW.name == 'orders'"}
    dependencies: [check_order]
    successors: [ship, refuse]

tasks:
  - id: ship
    type: mfo_api_tool_list
    dependencies: [is_known]

  - id: refuse
    type: mfo_api_tool_list
    dependencies: [is_known]
"""
BARE_TASKS = """\
tasks:
  - id: begin
    type: mfo_api_chat_send
    successors: [work]
  - id: work
    type: mfo_api_tool_execute
    dependencies: [begin]
"""
NO_NAME = """\
triggers:
  - id: hook
    type: webhook
    input_mapping: {user: TRIGGER.payload.user}
    target_taskflow: greet
taskflows:
  - taskflow_id: greet
    tasks:
      - id: greet_user
        type: greeter
        config: {user: INPUT.user}
"""


def codes(text: str) -> list[str]:
    return [finding.code for finding in findings_of({"workflow.yml": text})]


def test_quotes_inside_quotes_are_one_error_and_the_rest_is_still_checked() -> None:
    findings = findings_of({"workflow.yml": INNER_QUOTES})
    said = {(finding.code, INNER_QUOTES[slice(*finding.place.span)]) for finding in findings}
    assert ("MFO101", '"') in said
    assert {("MFO201", "valu"), ("MFO204", "urgent")} <= said
    assert not {finding.code for finding in findings} & {"MFO202", "MFO302", "MFO303"}


def test_tasks_written_twice_is_one_error_whose_fix_mends_the_flow() -> None:
    (finding,) = findings_of({"workflow.yml": TASKS_TWICE})
    assert (finding.code, finding.related[0].message) == ("MFO102", 'the first "tasks"')
    assert finding.place.span.start == TASKS_TWICE.rindex("tasks:")
    assert not fix_called((finding,), 'Merge into the first "tasks"').safe
    merged = fixed({"workflow.yml": TASKS_TWICE}, 'Merge into the first "tasks"')
    assert merged.count("tasks:") == 1
    assert merged.count("- id:") == TASKS_TWICE.count("- id:")
    assert not findings_of({"workflow.yml": merged})


def test_tasks_without_the_config_of_their_type() -> None:
    assert codes(BARE_TASKS) == ["MFO202", "MFO202", "MFO202"]


def test_a_workflow_without_a_name_is_a_warning_and_its_own_types_are_errors() -> None:
    severities = {f.code: f.severity for f in findings_of({"workflow.yml": NO_NAME}) if f.code in {"MFO202", "MFO206"}}
    missing = [f.message for f in findings_of({"workflow.yml": NO_NAME}) if f.code == "MFO202"]
    assert severities["MFO206"] is Severity.ERROR
    assert any("workflow_name" in message for message in missing)


def test_older_spellings_are_hints() -> None:
    text = "name: f\ntasks:\n  - id: a\n    type: slop_api_chat_send\n    config: {message: hi}\n"
    assert [(f.code, f.severity) for f in findings_of({"workflow.yml": text})] == [("MFO207", Severity.HINT)] * 2


@pytest.mark.parametrize("text", [INNER_QUOTES, TASKS_TWICE, BARE_TASKS, NO_NAME])
def test_every_prefix_is_checked_without_a_broken_rule(text: str) -> None:
    for end in range(0, len(text), 3):
        prefix = text[:end]
        for finding in findings_of({"workflow.yml": prefix}):
            assert finding.code != "MFO999", (prefix, finding.message)
            assert 0 <= finding.place.span.start <= finding.place.span.end <= end
