"""What ``mfo-lsp serve --trace`` writes of a keystroke."""

from __future__ import annotations

import json

from mfo_lsp.server.trace import Trace
from tests.lsp.raw_client import RawClient

FLOW = "name: a\ntasks:\n  - id: one\n    type: mfo_api_tool_list\n    dependencies: [two]\n"
URI = "file:///nowhere/flow.yml"


async def test_a_keystroke_is_told_by_phase_and_nothing_of_the_text(tmp_path):
    trace = tmp_path / "trace.jsonl"
    client = await RawClient.start("serve", "--trace", str(trace))
    try:
        await client.initialize()
        item = {"uri": URI, "languageId": "yaml", "version": 1, "text": FLOW}
        client.send(method="textDocument/didOpen", params={"textDocument": item})
        await client.notification("textDocument/publishDiagnostics")
        place = {"line": 4, "character": 19}
        for version in (2, 3):
            change = {"range": {"start": place, "end": place}, "text": "s"}
            document = {"uri": URI, "version": version}
            client.send(method="textDocument/didChange", params={"textDocument": document, "contentChanges": [change]})
            await client.notification("textDocument/publishDiagnostics")
        await client.ask("shutdown")
    finally:
        said = await client.stop()
    written = trace.read_text("utf-8")
    lines = [json.loads(line) for line in written.splitlines()]
    assert said == ""
    assert [line["versions"] for line in lines] == [[1], [2], [3]]
    assert lines[0].keys() >= {"reading", "rules", "diagnostics", "writing"}
    for line in lines[1:]:
        phases = {"text", "tree", "meaning", "rules", "diagnostics", "writing", "others and waiting"}
        assert line.keys() - {"reading"} == {"bundle", "versions", "changes", "milliseconds", *phases}
        assert abs(sum(line[phase] for phase in {*phases, "reading"}) - line["milliseconds"]) < 0.1
    assert "tool_list" not in written


class Broken:
    """A pipe that nobody reads any more."""

    writes = 0

    def write(self, _text):
        self.writes += 1
        raise BrokenPipeError

    def flush(self):
        raise AssertionError("nothing was written")


def test_a_trace_that_nobody_reads_ends():
    sink = Broken()
    trace = Trace(sink)
    for _ in range(2):
        trace.begin()
        trace.end("/nowhere", [1])
    assert sink.writes == 1


async def test_a_trace_that_cannot_be_written_is_said_to_be(tmp_path):
    client = await RawClient.start("serve", "--trace", str(tmp_path / "no" / "trace"))
    assert await client.exit_status() == 2
    assert "cannot write" in await client.stop()
