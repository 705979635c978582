"""Growing selections, step by step, as the texts that they take in."""

from __future__ import annotations

import itertools

from mfo_lsp.features.selection import selections
from tests.features.bundles import at, inside


def grown(found):
    snapshot, document, offset = found
    text = snapshot.bundle.sources[document].text
    return [text[span.start : span.end] for span in selections(snapshot, document, offset)]


def test_from_a_segment_of_a_reference_to_the_document():
    steps = grown(inside("workflow.yml", 'value: "${ask.tool_call_results.ext<|>ract.subject} ${split.n}"'))
    assert steps[:7] == [
        "extract",
        "ask.tool_call_results.extract",
        "ask.tool_call_results.extract.subject",
        "${ask.tool_call_results.extract.subject}",
        "${ask.tool_call_results.extract.subject} ${split.n}",
        '"${ask.tool_call_results.extract.subject} ${split.n}"',
        'value: "${ask.tool_call_results.extract.subject} ${split.n}"',
    ]
    assert steps[7].startswith('key: "${ask')
    assert steps[8].startswith("{key")
    assert steps[9].startswith("config: {key")
    assert steps[10].startswith("id: keep")
    assert steps[11].startswith("- id: keep")
    assert steps[-1].startswith("workflow_name: post")


def test_through_the_operations_of_an_expression():
    steps = grown(inside("workflow.yml", "expression: split.n > lim<|>it && address"))
    assert steps[:4] == [
        "limit",
        "split.n > limit",
        'split.n > limit && address != ""',
        'expression: split.n > limit && address != ""',
    ]


def test_through_the_action_of_a_template():
    steps = grown(inside("prompts.yml", "{{ .letter | up<|>per }} to"))
    assert steps[:2] == ["upper", "{{ .letter | upper }}"]
    assert steps[2].startswith("Letter {{")
    assert steps[4].startswith("user_prompt: ")


def test_from_an_item_to_its_list():
    steps = grown(inside("workflow.yml", "dependencies: [keep, stam<|>ped, group]"))
    assert steps[:4] == [
        "stamped",
        "keep, stamped, group",
        "[keep, stamped, group]",
        "dependencies: [keep, stamped, group]",
    ]


def test_a_line_of_a_block_scalar_and_a_comment():
    text = "name: a\n# one\n# tw<|>o\ntasks: []\n"
    assert grown(at("workflow.yml", text))[:3] == ["two", "# two", "# one\n# two"]
    text = "templates:\n  a:\n    user_prompt: |\n      Dear fr<|>iend,\n      yours\n"
    assert grown(at("prompts.yml", text))[:3] == ["friend", "Dear friend,", "Dear friend,\n      yours"]


def test_each_step_holds_the_one_before():
    snapshot, document, _ = inside("workflow.yml", "workflow_name: po<|>st")
    text = snapshot.bundle.sources[document].text
    for offset in range(len(text) + 1):
        spans = selections(snapshot, document, offset)
        assert spans[-1] == (0, len(text))
        for inner, outer in itertools.pairwise(spans):
            assert outer.start <= inner.start <= offset <= inner.end <= outer.end
            assert outer != inner
