"""Following untrusted data takes effort in proportion to a bundle, in whatever order it is written."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.editing import LiveBundle
from mfo_dialect.findings import Finding
from mfo_dialect.rules.practice.untrusted_flow import UntrustedFlow
from mfo_dialect.text import Span, TextEdit
from tests.rules.cases import findings_of
from tests.rules.checking import bundle_of

HEAD = """\
workflow_name: letters
global_configs: {secrets: {hook: {env: HOOK}}}
triggers:
  - id: came
    type: webhook
    config: {http_path: /letters, secret_ref: hook}
    input_mapping: {text: TRIGGER.payload.text}
taskflows:
  - taskflow_id: chain
    tasks:
"""
LAST = """\
      - id: last
        type: mfo_api_chat_send
        config: {{prompt: Go on, system_prompt: "${{task_{0}.message}}"}}
        dependencies: [task_{0}]
"""


def chain(length: int, *, backwards: bool) -> dict[str, str]:
    """Tasks that hand on what a webhook brought, and a last one that puts it into a system prompt."""
    tasks = [
        f'      - id: task_{number}\n        type: mfo_api_chat_send\n        config: {{prompt: "${{{source}}}"}}\n'
        + (f"        dependencies: [task_{number - 1}]\n" if number else "")
        for number in range(length)
        for source in [f"task_{number - 1}.message" if number else "INPUT.text"]
    ]
    tasks.append(LAST.format(length - 1))
    return {"workflow.yml": HEAD + "".join(reversed(tasks) if backwards else tasks)}


def untrusted(files: dict[str, str]) -> list[Finding]:
    return [finding for finding in findings_of(files) if finding.code == "MFO803"]


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_a_long_way_is_followed_to_its_end(backwards: bool) -> None:
    length = 60
    (finding,) = untrusted(chain(length, backwards=backwards))
    assert len(finding.related) >= length


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_each_node_is_looked_at_at_most_twice_on_a_chain(backwards: bool) -> None:
    for length in (10, 40, 160):
        flow = UntrustedFlow(Snapshot(bundle_of(chain(length, backwards=backwards))))
        assert length < flow.looks <= 2 * (length + 1)


def test_an_edit_of_words_does_not_have_the_data_followed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    files = chain(20, backwards=False)
    live = LiveBundle(bundle_of(files))
    live.tree("workflow.yml")
    live.settle()
    made: list[UntrustedFlow] = []
    follow = UntrustedFlow._follow

    def counted(flow: UntrustedFlow) -> None:
        made.append(flow)
        follow(flow)

    monkeypatch.setattr(UntrustedFlow, "_follow", counted)
    text = files["workflow.yml"]

    def told_after(old: str, new: str) -> list[str]:
        at = text.index(old)
        live.edit("workflow.yml", [TextEdit(Span(at, at + len(old)), new)])
        live.settle()
        return [one.code for one in live.findings("workflow.yml") if one.code == "MFO803"]

    assert told_after("Go on", "Go further on") == ["MFO803"]
    assert made == []
    assert told_after("${task_4.message}", "nothing") == []
    assert len(made) == 1
