"""A flow of which some nodes became a subflow, or a subflow its nodes, runs as it did: both are run and compared."""

from __future__ import annotations

import random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import NodeDeclaration
from mfo_dialect.text import Span
from mfo_lsp.features.refactorings import Obstacle, Selection
from mfo_lsp.features.refactorings.extract_prompt import extract_prompt
from mfo_lsp.features.refactorings.extract_subflow import extracted, obstacle_to_extracting
from mfo_lsp.features.refactorings.inline_subflow import inlined, obstacle_to_inlining
from mfo_lsp.features.refactorings.verifying import verified
from tests.effort import examples
from tests.engine.test_machine_against_interpreter import levels, programs
from tests.features.refactoring_flows import NAME, document_of, run_of, snapshot_of
from tests.runtime.flow_room import flow_of, run

SEEDS = st.integers(0, 10_000)


REFUSED = ("it waits for other nodes too", "surely runs", "waits for", "is never reached", "a way of its own")
"""What the flow around a subflow may have against its nodes: what a rule would say of the result, mostly."""


def assert_runs_the_same(snapshot, text: str, texts, *, goes_on: bool) -> None:
    """Both runs end alike; where nothing is cut short, every node ends alike."""
    assert not isinstance(texts, Obstacle), texts
    found = verified(snapshot, texts)
    assert not isinstance(found, Obstacle), (found, texts[NAME])
    before, after = run_of(text), run_of(texts[NAME])
    assert after["state"] == before["state"], (before, after, texts[NAME])
    if before["state"] == "succeeded" or goes_on:
        shared = before["states"].keys() & after["states"].keys()
        assert after["outputs"] == before["outputs"], texts[NAME]
        assert {name: after["states"][name] for name in shared} == {name: before["states"][name] for name in shared}


def made(nodes: tuple[NodeDeclaration, ...], seed: int, trouble: float, *, goes_on: bool) -> str:
    text = document_of(nodes, random.Random(seed), goes_on=goes_on, trouble=trouble)
    assume(run_of(text) is not None)
    return text


def neighbours(level, size: int, chance: random.Random) -> list:
    """Some nodes of a level, mostly such as have edges between them."""
    graph = level.graph
    chosen = {chance.randrange(len(level.nodes))}
    while len(chosen) < min(size, len(level.nodes)):
        around = {one for node in chosen for one in (*graph.predecessors[node], *graph.successors[node])} - chosen
        chosen.add(
            chance.choice(sorted(around)) if around and chance.random() < 0.9 else chance.randrange(len(level.nodes))
        )
    return [view for view in level.nodes if view.index in chosen]


FLOWS = {
    "nodes": levels() | programs() | programs(),
    "seed": SEEDS,
    "trouble": st.sampled_from([0.0, 0.0, 0.15]),
    "goes_on": st.booleans(),
}


@settings(max_examples=examples(40), deadline=None)
@given(**FLOWS, size=st.integers(1, 5))
def test_selected_nodes_run_the_same_in_a_subflow(nodes, seed, trouble, goes_on, size):
    text, chance = made(nodes, seed, trouble, goes_on=goes_on), random.Random(seed)
    snapshot = snapshot_of(text)
    level = chance.choice(snapshot.flows[0].levels)
    for _ in range(4):
        chosen = neighbours(level, size, chance)
        if obstacle_to_extracting(level, chosen):
            continue
        assert_runs_the_same(snapshot, text, extracted(snapshot, level, chosen), goes_on=goes_on)


@settings(max_examples=examples(40), deadline=None)
@given(**FLOWS)
def test_the_nodes_of_a_subflow_run_the_same_in_its_place(nodes, seed, trouble, goes_on):
    text = made(nodes, seed, trouble, goes_on=goes_on)
    snapshot = snapshot_of(text)
    for level in snapshot.flows[0].levels:
        for view in level.nodes:
            if view.inner is None or obstacle_to_inlining(view, view.inner):
                continue
            texts = inlined(snapshot, view, view.inner)
            refused = texts if isinstance(texts, Obstacle) else verified(snapshot, texts)
            if isinstance(refused, Obstacle):
                assert any(words in refused.words for words in REFUSED), refused
            else:
                assert_runs_the_same(snapshot, text, texts, goes_on=goes_on)


PROMPT = """\
name: trial
tasks:
  - {id: read, type: transform, config: {values: {n: "3", text: '"a <b> & {{c}}"', items: "[1]"}}}
  - id: ask
    type: mfo_api_chat_send
    dependencies: [read]
    config:
      system_prompt: 'Be {{ kind }}: ${read.n}'
      prompt: |
        Answer ${read.text}, {{ not this }}.

          Items: $<read.items>
"""


async def test_an_extracted_prompt_says_the_same_to_the_model(tmp_path):
    snapshot = snapshot_of(PROMPT)
    at = PROMPT.index("Answer")
    (offer,) = extract_prompt(Selection(snapshot, NAME, Span(at, at)))
    texts = offer.change()
    assert not isinstance(texts, Obstacle), texts
    workflow, prompts = texts[NAME], texts["prompts_definition.yml"]
    assert "prompt:" not in workflow.replace("prompt_", "")
    said = []
    for flow in (flow_of(PROMPT), flow_of(workflow, prompts_definition=prompts)):
        trial = await run(flow, tmp_path)
        assert trial.outcome.state.value == "succeeded", trial.error
        said.append(trial.outputs["ask"]["message"])
    assert said[0] == said[1]
    assert "a <b> & {{c}}" in said[0]
    assert "{{ not this }}" in said[0]
