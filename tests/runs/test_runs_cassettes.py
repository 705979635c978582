"""``mfo run --record`` and ``--replay``."""

from __future__ import annotations

from processes import EXAMPLES, mfo

ORDERS = EXAMPLES / "orders"
FLOW = ("run", ORDERS / "workflow_definition.yml", "--inputs", ORDERS / "inputs.yml", "--json")


def test_an_example_is_recorded_and_had_again_without_a_server_or_a_journal(tmp_path):
    cassette = tmp_path / "orders.jsonl"
    recorded = mfo(*FLOW, "--record", cassette, home=tmp_path / "home", SHOP_WEBHOOK_SECRET="planted-secret")
    replayed = mfo(*FLOW, "--replay", cassette, home=tmp_path / "other")
    assert (recorded.status, replayed.status) == (0, 0)
    for part in ("run_id", "outputs", "states", "usage"):
        assert replayed.json[part] == recorded.json[part]
    assert not (tmp_path / "other").exists()
    assert "planted-secret" not in cassette.read_text()


def test_other_inputs_than_those_recorded_are_an_error_also_where_the_flow_goes_on_after_it(tmp_path):
    flow = tmp_path / "a.mfo.yml"
    flow.write_text(
        "name: a\ntasks:\n  - id: keep\n    type: mfo_api_memory_store\n    config: {key: '${INPUT.key}', value: 1}\n"
        "    error_handling: {on_error: [{type: continue, output: {}}]}\n"
    )
    cassette = tmp_path / "a.jsonl"
    assert mfo("run", flow, "--input", "key=a", "--record", cassette, home=tmp_path).status == 0
    ended = mfo("run", flow, "--input", "key=b", "--replay", cassette, home=tmp_path)
    assert ended.status == 1
    assert 'task "keep": POST mfo:/api/memory is not on the cassette' in ended.stderr
    assert "record it anew" in ended.stderr


def test_only_a_cassette_is_written_over(tmp_path):
    precious = tmp_path / "precious.yml"
    precious.write_text("a: 1\n")
    ended = mfo(*FLOW, "--record", precious, home=tmp_path)
    assert (ended.status, precious.read_text()) == (2, "a: 1\n")
    assert "is no cassette, and is not written over" in ended.stderr


def test_a_replay_does_not_go_together_with_a_server(tmp_path):
    ended = mfo(*FLOW, "--replay", tmp_path / "none.jsonl", "--server", "local", home=tmp_path)
    assert (ended.status, ended.lines[0]) == (2, "mfo: --replay asks no server.")
