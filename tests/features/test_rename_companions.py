"""Files beside a flow follow a rename: tests, scripted answers, inputs, the baseline; what is not clear stays."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.text import TextEdit, apply_edits
from mfo_lsp.features.edited_bundle import texts_after, with_texts
from mfo_lsp.features.rename import Renaming, rename
from mfo_lsp.features.rename.companions import companion_edits
from mfo_lsp.features.rename.known_findings import baseline_edit
from mfo_workspace.baseline_file import baseline_of_text, baseline_text
from mfo_workspace.baselines import match_in
from tests.rules.checking import bundle_of

FLOW = """\
name: post
input_schema: {type: object, properties: {who: {type: string}}}
tasks:
  - {id: fetch, type: mfo_api_memory_get, config: {key: "${INPUT.who}"}}
  - {id: ask, type: mfo_api_chat_send, dependencies: [fetch], config: {prompt_template_id: draft, prompt_context: {text: "${inner.value}"}}}
subflows:
  - id: group
    successors: [ask]
    tasks: [{id: inner, type: mfo_api_memory_get, config: {key: fetch}}]
"""
PROMPTS = "templates:\n  draft: {user_prompt: 'Answer {{ .text }}'}\n"
TEST = """\
# ask is asked
flow: flow.yml
inputs: {who: ada}
tests:
  - name: ask answers
    answers: [{template: draft, task: ask, answer: Yes}]
    expect:
      outputs: {ask: {message: Yes}}
      states: {ask: succeeded, group/inner: succeeded, "group": succeeded}
      calls: [{task: group/inner, path: /ask}]
      that:
        - outputs.ask.message == "ask" && states["group/inner"] != "ask"
        - all(calls, .task != "group/inner" || .task == 'ask')
  - name: another flow
    flow: other.yml
    expect: {states: {ask: failed}}
"""
SCRIPT = "script:\n  - {template: draft, task: ask, answers: [{text: ask}]}\n  - template: 'draft'\n"
INPUTS = "# who\nwho: ada\nask: 1\n"
FILES = {"flow.yml": FLOW, "prompts.yml": PROMPTS}
BESIDE = {"post.test.yml": TEST, "scripted.yml": SCRIPT, "inputs.yml": INPUTS}


def renamed(part: str, new_name: str, files=FILES, beside=BESIDE) -> dict[str, str]:
    """The files beside a flow after the name that starts at ``part`` was changed."""
    snapshot = Snapshot(bundle_of(files))
    document = next(name for name, text in files.items() if part in text)
    found = rename(snapshot, document, files[document].index(part), new_name)
    assert isinstance(found, Renaming), found
    edits = companion_edits(snapshot, found.symbols, new_name, beside)
    return {
        name: apply_edits(text, [TextEdit(one.place.span, one.new_text) for one in edits if one.place.document == name])
        for name, text in beside.items()
    }


def test_a_node_is_renamed_where_tests_and_scripts_name_it():
    after = renamed("ask, type", "query")
    expected = TEST.replace("task: ask", "task: query").replace("outputs: {ask:", "outputs: {query:")
    expected = expected.replace("{ask: succeeded", "{query: succeeded").replace("outputs.ask.", "outputs.query.")
    assert after == {
        "post.test.yml": expected.replace("'ask')", "'query')"),
        "scripted.yml": SCRIPT.replace("task: ask", "task: query"),
        "inputs.yml": INPUTS,
    }


def test_paths_of_nodes_change_part_by_part():
    after = renamed("group\n", "box")["post.test.yml"]
    assert after == TEST.replace("group/inner: succ", "box/inner: succ").replace('"group": ', '"box": ').replace(
        "task: group/inner", "task: box/inner"
    ).replace('.task != "group/inner"', '.task != "box/inner"').replace('states["group/inner"]', 'states["box/inner"]')  # fmt: skip


def test_inputs_templates_and_outputs_follow():
    assert renamed("who: {type", "name")["inputs.yml"] == "# who\nname: ada\nask: 1\n"
    assert "inputs: {name: ada}" in renamed("who: {type", "name")["post.test.yml"]
    after = renamed("draft: {user", "sketch")
    assert after["scripted.yml"] == SCRIPT.replace("draft", "sketch")
    assert after["post.test.yml"] == TEST.replace("template: draft", "template: sketch")


def test_what_two_flows_could_mean_stays():
    files = FILES | {"more.yml": FLOW.replace("name: post", "name: more")}
    after = renamed("ask, type", "query", files)
    assert after["scripted.yml"] == SCRIPT
    assert "task: query" in after["post.test.yml"]
    assert renamed("who: {type", "name", files)["inputs.yml"] == INPUTS


@pytest.mark.parametrize("broken", ["tests: [", "- a\n", "", "a: b\n---\nc: d\n"])
def test_files_that_cannot_be_read_stay(broken):
    assert renamed("ask, type", "query", beside={"post.test.yml": broken}) == {"post.test.yml": broken}


KNOWN = """\
name: post
tasks:
  - {id: ask, type: mfo_api_chat_send, config: {prompt: "${nosuch.x}"}}
  - {id: told, type: mfo_api_memory_get, dependencies: [ask], config: {key: "${ask.nothing}"}}
"""


def test_a_baseline_knows_the_same_findings_by_the_new_name():
    snapshot = Snapshot(bundle_of({"flow.yml": KNOWN}))

    def present(seen: Snapshot):
        return match_in("known.json", baseline_of_text("known.json", baseline_text({})), check_snapshot(seen), lambda key: seen.bundle.sources[key].tree).present  # fmt: skip

    text = baseline_text(present(snapshot))
    assert '"node": "task ask"' in text
    found = rename(snapshot, "flow.yml", KNOWN.index("ask,"), "query")
    assert isinstance(found, Renaming), found
    edit = baseline_edit(snapshot, found.edits, "known.json", text, baseline_of_text("known.json", text))
    after = Snapshot(with_texts(snapshot.bundle, texts_after(snapshot.bundle, found.edits)))
    assert edit is not None
    assert edit.new_text == baseline_text(present(after))
    assert '"node": "task ask"' not in edit.new_text


def test_a_baseline_that_knows_nothing_of_it_stays():
    snapshot = Snapshot(bundle_of({"flow.yml": FLOW, "prompts.yml": PROMPTS}))
    found = rename(snapshot, "flow.yml", FLOW.index("ask, type"), "query")
    text = baseline_text({})
    assert baseline_edit(snapshot, found.edits, "known.json", text, baseline_of_text("known.json", text)) is None
