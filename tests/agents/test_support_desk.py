"""The example of the support desk: at a terminal, and with models of an OpenAI-compatible endpoint over real HTTP."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
from model_stand_in import ModelStandIn

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow import RunOptions, load_flow
from mfo_runtime.server import OpenAIEndpoint, ServerSettings, start_server
from mfo_runtime.server.providers.script import Script
from tests.effort import PATIENCE

DESK = Path(__file__).resolve().parents[2] / "examples" / "support_desk"
INPUTS = {"customer": "ada", "question": "What does it cost to have my three hats sent?"}
REPLY = "Sending your three hats costs 13.50."


def test_a_person_approves_at_the_terminal(tmp_path):
    environment = {**os.environ, "MFO_HOME": str(tmp_path), "TERM": "xterm", "CI": ""}
    arguments = [
        "-m",
        "mfo_runtime",
        "run",
        str(DESK / "workflow_definition.yml"),
        "--inputs",
        str(DESK / "inputs.yml"),
    ]
    terminal = pexpect.spawn(sys.executable, arguments, env=environment, encoding="utf-8", timeout=PATIENCE)
    terminal.expect('agent "researcher" goes on with another model, as research-large did not answer')
    terminal.expect('May agent "triage" call tag_thread with\r\n{\r\n  "thread_id": "support-ada",\r\n')
    terminal.expect("2. deny")
    terminal.sendline("approve")
    terminal.expect(r"answer_question succeeded in \w+: \d+ tokens \(\d+ input, \d+ output\), cost 0\.\d+\r\n")
    terminal.expect(r"  triage      \d+ tokens, cost 0\.\d{3,6}\r\n")
    terminal.expect('"category": "delivery"')
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


async def test_the_desk_runs_on_an_openai_compatible_endpoint(tmp_path):
    answers = [
        [("agent_researcher", {"task": "What does it cost?"})],
        ["Let me see.", ("key_value_search", {"query": "delivery"}), ("calculator", {"expression": "4.5 * 3"})],
        ["It costs 13.50."],
        [("agent_writer", {"task": "Tell her."}), ("tag_thread", {"thread_id": "support-ada", "tags": ["delivery"]})],
        [REPLY],
        [f'{{"category": "delivery", "reply": "{REPLY}"}}'],
    ]
    heard, asked = [], []

    async def approve(question):
        asked.append(question)
        return "approve"

    flow = load_flow(str(DESK / "workflow_definition.yml"))
    with ModelStandIn(*answers, refused={"research-large"}) as model:
        endpoint = OpenAIEndpoint("small", model.url, "key-1234567890")
        data = Script.from_data({"default": "x", "memory": {"delivery/prices": "4.50 a hat"}}).starting_data
        with start_server(ServerSettings(data_dir=tmp_path, openai=endpoint)) as server:
            async with MfoClient(ClientSettings(base_url=server.url, token=server.token)) as client:
                for key, value in data.memory.items():
                    await client.memory.store(key, value)
                options = RunOptions(on_text=lambda node, text: heard.append(text), ask=approve)
                outcome = await flow.run(INPUTS, client, options)
    assert outcome.succeeded, outcome.error
    assert dict(outcome.outputs) == {"category": "delivery", "reply": REPLY, "agent": "triage"}
    assert len(asked) == 1
    assert [request["model"] for request in model.asked] == [
        "small",
        "research-large",
        *["research-small"] * 2,
        *["small"] * 3,
    ]
    assert "".join(heard).strip() == f'{{"category": "delivery", "reply": "{REPLY}"}}'
    assert len(heard) > 3
    searched = next(message for message in model.asked[3]["messages"] if message["role"] == "tool")
    assert "4.50 a hat" in searched["content"]
    assert outcome.usage["total_tokens"] == 6 * 9
    assert "key-1234567890" not in str(outcome.to_data())
