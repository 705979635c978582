"""``mfo run --dry-run``: what would be done is said, and nothing is."""

from __future__ import annotations

from textwrap import dedent

import pytest
from processes import EXAMPLES, answering, mfo, reply

ORDERS = EXAMPLES / "orders" / "workflow_definition.yml"


def dry(flow, *arguments, home, **variables):
    return mfo("run", flow, "--dry-run", "--json", *arguments, home=home, **variables)


def nodes(ended):
    return {node["node"]: node for node in ended.json["nodes"]}


def written(tmp_path, tasks, head=""):
    flow = tmp_path / "trial.mfo.yml"
    flow.write_text(f"name: trial\n{dedent(head)}{dedent(tasks)}")
    return flow


@pytest.mark.parametrize(
    ("amount", "taken", "left"), [(64900, "look_closer", "accept_at_once"), (1, "accept_at_once", "look_closer")]
)
def test_a_condition_that_reads_inputs_only_is_decided(amount, taken, left, tmp_path):
    inputs = [f"amount={amount}", "order_id=A", "customer=ada"]
    found = nodes(dry(ORDERS, *(part for pair in inputs for part in ("--input", pair)), home=tmp_path))
    assert found["is_large"]["leads_to"] == taken
    assert (found[taken]["runs"], found[left]["runs"], found["summary"]["runs"]) == ("surely", "never", "surely")


def test_prompts_are_rendered_where_their_variables_are_known_and_estimated(tmp_path):
    ended = dry(ORDERS, "--inputs", EXAMPLES / "orders" / "inputs.yml", home=tmp_path)
    prompt = nodes(ended)["look_closer/rate_fraud"]["prompt"]
    assert prompt["rendered"] is True
    assert prompt["user"].startswith("Order A-1017 of customer ada is over 64900 cents.\nThat is more")
    assert prompt["estimated_tokens"] == ended.json["estimated_tokens"] > 0


def test_what_is_not_known_yet_is_a_placeholder_and_keeps_a_prompt_as_it_is_written(tmp_path):
    folder = EXAMPLES / "email"
    found = nodes(dry(folder / "workflow_definition.yml", "--inputs", folder / "inputs.yml", home=tmp_path))
    assert found["get_email"]["config"] == {"resource_id": "email-0001"}
    assert found["analyze_email"]["config"]["prompt_context"] == {"email": "⟨get_email.resource.content⟩"}
    assert found["store_analysis"]["config"]["key"] == "email_analysis_email-0001"
    prompt = found["analyze_email"]["prompt"]
    assert (prompt["rendered"], prompt["waits_for"]) == (False, ["⟨get_email.resource.content⟩"])
    assert "{{ .email }}" in prompt["user"]


def test_without_inputs_both_branches_are_possible_and_the_refusal_is_told(tmp_path):
    ended = dry(ORDERS, home=tmp_path)
    found = nodes(ended)
    assert (ended.status, ended.json["problem"]["code"]) == (1, "invalid_input")
    assert {found["accept_at_once"]["runs"], found["look_closer"]["runs"]} == {"perhaps"}
    assert found["tell_customer"]["runs"] == "surely"
    assert found["record_order"]["config"]["properties"]["amount"] == "⟨INPUT.amount⟩"


def test_nothing_is_called_started_or_written(tmp_path):
    home = tmp_path / "home"
    with answering(reply(200, b"{}")) as (url, asked):
        flow = written(
            tmp_path,
            f"""\
            tasks:
              - {{id: call, type: http_request, config: {{url: "{url}/a"}}}}
              - {{id: keep, type: mfo_api_memory_store, config: {{key: k, value: 1}}}}
            """,
        )
        before = sorted(tmp_path.iterdir())
        ended = dry(flow, "--server", url, home=home)
    assert (ended.status, asked, sorted(tmp_path.iterdir())) == (0, [], before)
    assert ended.json["hosts"] == [url]
    assert ended.json["server"] == {
        "address": url,
        "named_by": "--server",
        "has_credentials": False,
        "credentials_from": None,
    }


def test_secrets_are_named_and_never_shown(tmp_path):
    flow = written(
        tmp_path,
        """\
        tasks:
          - id: call
            type: http_request
            config: {url: "https://example.org/", headers: {X-Key: "${SECRET.shop}", X-Other: "${SECRET.other}"}}
        """,
        "global_configs: {secrets: {shop: {env: SHOP_KEY}, other: {env: OTHER_KEY}}}\n",
    )
    ended = dry(flow, home=tmp_path, SHOP_KEY="planted-value")
    assert "planted-value" not in ended.stdout + ended.stderr
    assert [(one["name"], one["found"]) for one in ended.json["secrets"]] == [("other", False), ("shop", True)]
    assert nodes(ended)["call"]["config"]["headers"]["X-Key"] == "⟨SECRET.shop⟩"


def test_transforms_are_computed_until_something_unknown_comes_in(tmp_path):
    flow = written(
        tmp_path,
        """\
        tasks:
          - {id: one, type: transform, config: {values: {x: "1 + 1"}}}
          - {id: two, type: transform, config: {values: {x: "one.x + 1"}}, dependencies: [one]}
          - {id: when, type: transform, config: {values: {x: "now().Year()"}}}
          - {id: asked, type: ask_user, config: {question: "Two is ${two.x}?"}, dependencies: [two]}
          - {id: three, type: transform, config: {values: {x: "asked.answer"}}, dependencies: [asked]}
        """,
    )
    found = nodes(dry(flow, home=tmp_path))
    assert (found["two"]["value"], found["asked"]["config"]["question"]) == ({"x": 3}, "Two is 3?")
    assert not {"value"} & (found["when"].keys() | found["three"].keys())
    assert [found[name]["layer"] for name in ("one", "two", "asked", "three")] == [[1], [2], [3], [4]]


def test_what_would_surely_fail_is_shown_with_its_line(tmp_path):
    flow = written(
        tmp_path,
        """\
        tasks:
          - {id: one, type: transform, config: {values: {x: "1 / INPUT.by.zero"}}}
          - id: two
            type: ask_user
            config: {question: "${INPUT.absent}"}
        """,
    )
    ended = mfo("run", flow, "--dry-run", "--input", "by=5", home=tmp_path)
    assert ended.status == 1
    assert 'has no "absent"' in ended.stderr
    assert 'config: {question: "${INPUT.absent}"}' in ended.stderr


def test_loops_are_said_to_repeat(tmp_path):
    flow = written(
        tmp_path,
        """\
        tasks:
          - {id: start, type: transform, config: {values: {x: "0"}}, successors: [draft]}
          - {id: draft, type: transform, config: {values: {x: "1"}}, dependencies: [start], successors: [again]}
          - {id: end, type: transform, config: {values: {x: "draft.x"}}, dependencies: [again]}
        conditions:
          - {id: again, type: expr, config: {expression: "TASKFLOW.iterations.again < 2"}, successors: [draft, end]}
        """,
    )
    found = nodes(dry(flow, home=tmp_path))
    assert [found[name].get("repeats", False) for name in ("start", "draft", "again", "end")] == [
        False,
        True,
        True,
        False,
    ]
    assert found["draft"]["runs"] == "surely"
    assert "value" not in found["end"]
