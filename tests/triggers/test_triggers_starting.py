"""What keeps the service from starting is said before anything is served, with what would be right."""

from __future__ import annotations

import pytest

from mfo_runtime.errors import InvalidInputError, MfoError
from mfo_runtime.flow import RefusedDocumentError
from mfo_runtime.triggers.loading import load_triggers
from tests.runs.processes import mfo

FLOWS = """\
taskflows:
  - taskflow_id: answer
    tasks: [{id: told, type: mfo_api_tool_list}]
  - taskflow_id: other
    tasks: [{id: told, type: mfo_api_tool_list}]
"""
HEAD = "workflow_name: w\nglobal_configs: {secrets: {hook: {env: HOOK}}}\ntriggers:\n"


def write(folder, triggers, name="workflow.yml", flows=FLOWS):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(HEAD + "".join(f"  - {line}\n" for line in triggers) + flows)
    return str(folder)


def webhook(name, config):
    return f"{{id: {name}, type: webhook, config: {{{config}}}, target_taskflow: answer}}"


def test_all_workflows_below_a_folder_are_served_and_triggers_that_are_off_are_not(tmp_path):
    write(tmp_path / "a", [webhook("one", "http_path: /one, secret_ref: hook")])
    write(tmp_path / "b", ["{id: two, type: manual, target_taskflow: other}"])
    write(tmp_path / "b", ["{id: off, type: manual, enabled: false, target_taskflow: other}"], "more_workflow.yml")
    (tmp_path / "b" / "compose.yml").write_text("services: {web: {image: x}}\n")
    found = load_triggers([str(tmp_path)], {"HOOK": "secret"})
    assert [(one.id, one.route, one.flow.name, one.secret) for one in found] == [
        ("one", ("POST", "/one"), "answer", "secret"),
        ("two", ("POST", "/api/trigger/two"), "other", None),
    ]
    assert "secret=" not in repr(found[0])
    again = load_triggers([str(tmp_path / "b" / "workflow.yml"), str(tmp_path / "b")], {})
    assert [one.id for one in again] == ["two"]


@pytest.mark.parametrize(
    ("triggers", "message"),
    [
        ([webhook("a", "http_path: /healthz, secret_ref: hook")], 'The webhook "a" asks for /healthz'),
        ([webhook("a", "http_path: /api/runs, secret_ref: hook")], "the service's own"),
        ([webhook("a", "http_path: /a, secret_ref: hook")], 'The secret "hook" is read from HOOK, which is not set.'),
        ([], "There is no trigger that is enabled"),
        (["{id: a, type: manual, enabled: false, target_taskflow: answer}"], "There is no trigger that is enabled"),
        (["{id: a, type: manual, target_taskflow: nowhere}"], "nowhere"),
    ],
)
def test_what_cannot_be_served_is_told(tmp_path, triggers, message):
    folder = write(tmp_path, triggers)
    with pytest.raises(MfoError) as raised:
        load_triggers([folder], {"HOOK": "x"} if "HOOK" not in message else {})
    assert message in raised.value.message


def test_two_triggers_at_one_address_are_refused_with_both_named(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name, ["{id: same, type: manual, target_taskflow: answer}"])
    with pytest.raises(InvalidInputError) as raised:
        load_triggers([str(tmp_path)], {})
    assert "POST /api/trigger/same is that of two triggers" in raised.value.message
    assert "/a/workflow.yml#same" in raised.value.message
    assert "/b/workflow.yml#same" in raised.value.message


def test_errors_in_what_a_trigger_starts_are_shown_as_a_check_shows_them(tmp_path):
    broken = FLOWS.replace("[{id: told, type: mfo_api_tool_list}]", "[{id: told, type: mfo_api_tool_lst}]", 1)
    write(tmp_path, ["{id: a, type: manual, target_taskflow: answer}"], flows=broken)
    with pytest.raises(RefusedDocumentError):
        load_triggers([str(tmp_path)], {})
    ended = mfo("triggers", "--port", "0", home=tmp_path / "home", cwd=tmp_path)
    assert ended.status == 1
    assert "mfo_api_tool_list" in ended.stderr
    assert "workflow.yml:" in ended.stderr
    assert load_triggers([write(tmp_path, ["{id: a, type: manual, target_taskflow: other}"], flows=broken)], {})


def test_other_machines_are_served_with_a_token_only(tmp_path):
    write(tmp_path, ["{id: a, type: manual, target_taskflow: answer}"])
    ended = mfo("triggers", "--port", "0", "--host", "0.0.0.0", home=tmp_path / "home", cwd=tmp_path)
    assert ended.status == 2
    assert "0.0.0.0 can be reached from other machines, and no token is set." in ended.stderr
    assert "MFO_TRIGGERS_TOKEN" in ended.stderr


def test_a_project_that_keeps_no_journal_has_no_triggers(tmp_path):
    write(tmp_path, ["{id: a, type: manual, target_taskflow: answer}"])
    (tmp_path / "mfo.toml").write_text("[journal]\nenabled = false\n")
    ended = mfo("triggers", "--port", "0", home=tmp_path / "home", cwd=tmp_path)
    assert ended.status == 2
    assert "keeps no journal, which triggers need" in ended.stderr
