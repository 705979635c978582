"""Questions of runs that a trigger started: a person is sent a signed link, and answers by it."""

from __future__ import annotations

import re

from mfo_runtime.server import Script, ServerSettings, start_server
from tests.triggers.rooms import service, wait_for_ends, wait_until

WORKFLOW = """\
workflow_name: desk
triggers:
  - {id: by_hand, type: manual, target_taskflow: work}
  - {id: other, type: manual, target_taskflow: count}
taskflows:
  - taskflow_id: work
    tasks:
      - {id: work, type: mfo_agent_run, config: {agent_id: clerk, task: Tag it.}}
      - {id: polite, type: ask_user, config: {question: "Anything else?", default: nothing}}
  - taskflow_id: count
    tasks: [{id: counted, type: transform, config: {values: {x: "1"}}}]
"""
AGENTS = """\
agents:
  clerk:
    guide: Work well.
    tools: [tag_thread]
    interaction: {require_approval_for: [tag_thread]}
"""
SCRIPT = {
    "script": [
        {
            "answers": [
                {"tool_calls": [{"name": "tag_thread", "arguments": {"thread_id": "<t>", "tags": ["x"]}}]},
                "done",
            ]
        }
    ]
}


def test_an_agent_is_approved_by_a_signed_link(tmp_path):
    (tmp_path / "workflow_definition.yml").write_text(WORKFLOW)
    (tmp_path / "agents_definition.yml").write_text(AGENTS)
    home = tmp_path / "home"
    with start_server(ServerSettings(data_dir=tmp_path / "server", script=Script.from_data(SCRIPT))) as server:
        reached = {"MFO_BASE_URL": server.url, "MFO_TOKEN": server.token}

        def notifications():
            listed = running.http.get(
                f"{server.url}/api/notifications", headers={"authorization": f"Bearer {server.token}"}
            )
            return listed.json()["notifications"]

        with service("--concurrency", "1", home=home, cwd=tmp_path, server=reached) as running:
            assert running.by_hand("by_hand").status_code == 202
            wait_until(notifications, "somebody was told")
            (told,) = notifications()
            assert "tag_thread" in told["message"]
            (link,) = re.findall(r"http://\S+", told["message"])
            assert link.startswith(f"{running.url}/questions/")
            page = running.http.get(link)
            assert page.status_code == 200
            assert "May agent &quot;clerk&quot; call tag_thread" in page.text
            assert "&lt;t&gt;" in page.text
            assert page.headers["referrer-policy"] == "no-referrer"
            strange = [link[:-4] + "0000", link.partition("?")[0], link.replace("/questions/", "/questions/0")]
            for other in strange:
                assert running.http.get(other).status_code == 404
                assert running.http.post(other, data={"answer": "approve"}).status_code == 404
            assert running.http.post(link, data={"answer": "perhaps"}).status_code == 400
            assert running.by_hand("other").status_code == 202
            assert [run.state for run in wait_for_ends(home, 1)] == ["running", "succeeded"], "it holds up no other"
            assert running.http.post(link, data={"answer": "approve"}).status_code == 200
            assert [run.state for run in wait_for_ends(home, 2)] == ["succeeded"] * 2
            assert running.http.get(link).status_code == 404
            assert len(notifications()) == 1
            status, said = running.stop()
    assert status == 0
    assert "waits for an answer to work" in said
    assert "signature" not in said
