"""What is offered at a selection, what it makes of the texts, and in which words it is refused."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import to_value
from mfo_dialect.text import Span, TextEdit, apply_edits
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings import REFACTORINGS, Obstacle, Selection, offers, refactor
from mfo_lsp.features.refactorings.edge_side import edge_side
from mfo_lsp.features.refactorings.extract_subflow import extract_subflow
from tests.effort import IS_LONG, examples
from tests.features.bundles import FILES
from tests.mutations.bundles import right_bundles
from tests.rules.checking import bundle_of

CHANCE = random.Random() if IS_LONG else random.Random(3)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FLOW = """\
name: letters
tasks:
  # takes the letter
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}

  - id: ask  # the model
    type: mfo_api_chat_send
    dependencies: [fetch]  # needs it
    config:
      prompt: "Answer ${fetch.value}, {{ politely }}"
  - id: keep
    type: mfo_api_memory_store
    dependencies:
      - ask
      - fetch  # for its order
    config:
      key: answer
      value: ask.message
  - id: told
    type: mfo_api_notification_create
    dependencies: [keep, ask]
    config: {title: Done, message: "$<ask.message>"}
"""


def selected(files: dict[str, str], document: str, first: str, last: str = "") -> Selection:
    """A selection from the only ``first`` of a document to the only ``last``; a cursor in the middle without one."""
    text = files[document]
    assert text.count(first) == 1, first
    start = text.index(first)
    span = Span(start, text.index(last) + len(last)) if last else Span(start + 1, start + 1)
    return Selection(Snapshot(bundle_of(files)), document, span)


def done(files: dict[str, str], selection: Selection, title: str) -> dict[str, str]:
    """The files after a refactoring."""
    edits = refactor(selection, title)
    assert isinstance(edits, tuple), edits
    by_document = {document: [] for document in sorted({edit.place.document for edit in edits})}
    for edit in edits:
        by_document[edit.place.document].append(TextEdit(edit.place.span, edit.new_text))
    return files | {document: apply_edits(files.get(document, ""), some) for document, some in by_document.items()}


def titles(selection: Selection) -> list[str]:
    return [offer.title for offer in offers(selection)]


def test_selected_tasks_become_a_subflow_with_their_lines_as_they_are():
    selection = selected({"flow.yml": FLOW}, "flow.yml", "id: ask", "value: ask.message")
    assert done({"flow.yml": FLOW}, selection, "Extract 2 nodes to a subflow")["flow.yml"] == """\
name: letters
tasks:
  # takes the letter
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}

  - id: told
    type: mfo_api_notification_create
    dependencies: [subflow]
    config: {title: Done, message: "$<ask.message>"}
subflows:
  # needs it
  # for its order
  - id: subflow
    dependencies: [fetch]
    tasks:
      - id: ask  # the model
        type: mfo_api_chat_send
        config:
          prompt: "Answer ${fetch.value}, {{ politely }}"
      - id: keep
        type: mfo_api_memory_store
        dependencies:
          - ask
        config:
          key: answer
          value: ask.message
"""  # fmt: skip


def test_line_ends_stay_what_they_are():
    files = {"flow.yml": FLOW.replace("\n", "\r\n")}
    selection = selected(files, "flow.yml", "id: ask", "value: ask.message")
    text = done(files, selection, "Extract 2 nodes to a subflow")["flow.yml"]
    assert text.count("\n") == text.count("\r\n") > 25
    assert "  - id: subflow\r\n    dependencies: [fetch]\r\n" in text


GROUPED = """\
name: letters
tasks:
- id: fetch
  type: mfo_api_memory_get
  config: {key: letter}
- id: told
  type: mfo_api_notification_create
  dependencies: [group]
  config: {title: Done, message: "${group.ask.message} and $<ask.message>"}
- id: more
  type: transform
  dependencies: [group, told]
  config: {values: {n: len(group.ask.message)}}
subflows:
# asks
- id: group
  description: Asks a model.
  dependencies: [fetch]
  input_mapping: {text: "${fetch.value}", from: INPUT.sender.name}
  tasks:
  # here
  - id: first
    type: mfo_api_memory_get
    config: {key: "${INPUT.text} $<INPUT.from>"}
  - id: ask
    type: mfo_api_chat_send
    dependencies: [first]
    config: {prompt: "${first.value}"}
"""


def test_a_subflow_gives_way_to_its_nodes_and_what_was_read_through_it_is_read_directly():
    files = {"flow.yml": GROUPED}
    assert done(files, selected(files, "flow.yml", "id: group"), 'Inline the subflow "group"')["flow.yml"] == """\
name: letters
tasks:
- id: fetch
  type: mfo_api_memory_get
  config: {key: letter}
- id: told
  type: mfo_api_notification_create
  dependencies: [ask]
  config: {title: Done, message: "${ask.message} and $<ask.message>"}
- id: more
  type: transform
  dependencies: [ask, told]
  config: {values: {n: len(ask.message)}}
# Asks a model.
# asks
# here
- id: first
  type: mfo_api_memory_get
  config: {key: "${fetch.value} $<INPUT.sender.name>"}
  dependencies: [fetch]
- id: ask
  type: mfo_api_chat_send
  dependencies: [first]
  config: {prompt: "${first.value}"}
"""  # fmt: skip


def test_a_prompt_becomes_a_template_whose_references_are_variables():
    files = {"flow.yml": FLOW}
    title = 'Extract the prompt of "ask" to a prompt template'
    after = done(files, selected(files, "flow.yml", "Answer"), title)
    old = '      prompt: "Answer ${fetch.value}, {{ politely }}"\n'
    new = '      prompt_template_id: ask_prompt\n      prompt_context:\n        value: "${fetch.value}"\n'
    assert after["flow.yml"] == FLOW.replace(old, new)
    assert after["prompts_definition.yml"] == """\
templates:
  ask_prompt:
    user_prompt: 'Answer {{ .value }}, {{"{{"}} politely }}'
    variables: [value]
"""  # fmt: skip


def test_prompts_over_several_lines_go_behind_the_templates_that_are_there():
    flow = FLOW.replace(
        '      prompt: "Answer ${fetch.value}, {{ politely }}"\n',
        "      system_prompt: |\n        Be kind.\n\n        Be short.\n"
        "      prompt: >-\n        Answer $<fetch.value>\n        for {{ .who }}.\n      prompt_context: {who: me}\n",
    )
    prompts = "templates:\n    ask_prompt: {user_prompt: Hello}\n    # the last one\ntools: {}\n"
    files = {"flow.yml": flow, "prompts.yml": prompts}
    after = done(files, selected(files, "flow.yml", "Be kind"), 'Extract the prompt of "ask" to a prompt template')
    assert after["prompts.yml"] == """\
templates:
    ask_prompt: {user_prompt: Hello}
    ask_prompt_2:
      system_prompt: |
        Be kind.

        Be short.
      user_prompt: "Answer {{ .value }} for {{ .who }}."
      variables: [value, who]
    # the last one
tools: {}
"""  # fmt: skip
    assert "    config:\n      prompt_template_id: ask_prompt_2\n" in after["flow.yml"]
    assert '      prompt_context: {who: me, value: "${fetch.value}"}\n' in after["flow.yml"]


SPELLINGS = [
    ("value: ask.message", "ask.mess", "Write ${ask.message}", "value: ${ask.message}"),
    ("value: ask.message", "ask.mess", "Write $<ask.message>", "value: $<ask.message>"),
    ("value: 'ask.message'", "ask.mess", "Write ${ask.message}", "value: '${ask.message}'"),
    ("value: {a: ask.message}", "ask.mess", "Write ${ask.message}", "value: {a: '${ask.message}'}"),
    ('value: "${ask.message}"', "{ask.mess", "Write ask.message", 'value: "ask.message"'),
    ('value: "x $<ask.message>"', "<ask.mess", "Write ${ask.message}", 'value: "x ${ask.message}"'),
]


@pytest.mark.parametrize(("written", "at", "title", "expected"), SPELLINGS, ids=[f"{s[0]} {s[2]}" for s in SPELLINGS])
def test_a_reference_takes_another_spelling(written, at, title, expected):
    flow = FLOW[: FLOW.index("  - id: told")].replace("value: ask.message", written)
    files = {"flow.yml": flow}
    after = done(files, selected(files, "flow.yml", at), title)
    assert after["flow.yml"] == flow.replace(written, expected)


def test_a_reference_inside_a_text_cannot_be_bare():
    flow = FLOW.replace("value: ask.message", 'value: "x ${ask.message}"')
    assert "Write ask.message" not in titles(selected({"flow.yml": flow}, "flow.yml", "{ask.message"))


def test_all_references_of_a_document_take_one_spelling():
    files = {"flow.yml": FLOW}
    after = done(
        files, selected(files, "flow.yml", "ask.message\n"), "Write all references of this document as ${path}"
    )
    assert after["flow.yml"] == FLOW.replace("value: ask.message", "value: ${ask.message}").replace("$<ask.message>", "${ask.message}")  # fmt: skip


def test_edges_are_written_on_the_other_side_and_back():
    files = {"flow.yml": FLOW}
    title = 'Write all edges of "letters" as {}'
    there = done(files, selected(files, "flow.yml", "dependencies: [keep"), title.format("successors"))
    text = there["flow.yml"]
    assert "dependencies" not in text
    assert "    config: {key: letter}\n    successors: [ask, keep]\n" in text
    back = done(there, selected(there, "flow.yml", "successors: [ask"), title.format("dependencies"))
    assert "successors" not in back["flow.yml"]
    graphs = [Snapshot(bundle_of(one)).flows[0].top.graph.edges for one in (files, there, back)]
    assert graphs[0] == graphs[1] == graphs[2]


def test_branches_of_a_condition_stay():
    selection = selected(FILES, "workflow.yml", "successors: [keep")
    assert not any(title.startswith("Write") for title in titles(selection))


CREATED = [
    ("dependencies: [keep, ask]", "dependencies: [keep, nosuch, ask]", "nosuch,",
     "  - id: nosuch\n    type: transform\n    config:\n      values:\n        result: nil\n"),
    ("value: ask.message", "value: ${nosuch.total}", "nosuch.", "        total: nil\n"),
    ("value: ask.message", "value: ${nosuch.total}", "nosuch.", "      - fetch  # for its order\n      - nosuch\n"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "expected"), CREATED)
def test_a_missing_task_is_created_and_waited_for(old, new, at, expected):
    files = {"flow.yml": FLOW.replace(old, new)}
    assert expected in done(files, selected(files, "flow.yml", at), 'Create the task "nosuch"')["flow.yml"]


def test_an_agent_a_tool_and_an_input_are_created_where_they_belong():
    workflow = FILES["workflow.yml"].replace("agent_id: clerk", "agent_id: scribe").replace("$<INPUT.address>", "$<INPUT.sender>")  # fmt: skip
    files = FILES | {
        "workflow.yml": workflow,
        "prompts.yml": FILES["prompts.yml"].replace("[extract]", "[extract, find]"),
    }
    agents = done(files, selected(files, "workflow.yml", "scribe"), 'Create the agent "scribe"')["agents.yml"]
    assert agents.startswith(FILES["agents.yml"])
    assert "  scribe:\n    description:" in agents
    prompts = done(files, selected(files, "prompts.yml", "find"), 'Create the tool "find"')["prompts.yml"]
    assert (
        "  find:\n    description: Say what the tool does.\n    parameters: {type: object, properties: {}}\n" in prompts
    )
    after = done(files, selected(files, "workflow.yml", "sender>"), 'Add "sender" to the input_schema')["workflow.yml"]
    assert "description: Who gets it.}, sender: {}}}" in after
    alone = {"workflow.yml": FILES["workflow.yml"], "mfo.toml": FILES["mfo.toml"]}
    made = done(alone, selected(alone, "workflow.yml", "clerk"), 'Create the agent "clerk"')
    assert made["agents_definition.yml"].startswith("agents:\n  clerk:\n    description:")


def test_older_names_of_task_types_are_renewed_at_once():
    flow = FLOW.replace("mfo_api_memory", "slop_api_memory")
    files = {"flow.yml": flow}
    after = done(
        files,
        selected(files, "flow.yml", "slop_api_memory_get"),
        "Write all task types of this document by their present names",
    )
    assert after["flow.yml"] == FLOW


CHOICE = """\
name: choice
tasks:
  - {id: a, type: mfo_api_tool_list}
  - {id: yes_, type: mfo_api_tool_list}
  - {id: no_, type: mfo_api_tool_list}
  - {id: more, type: mfo_api_tool_list, dependencies: [yes_]}
  - {id: join, type: mfo_api_tool_list, dependencies: [more, no_, a]}
conditions:
  - {id: choose, type: expr, dependencies: [a], config: {expression: len(a.tools) > 1}, successors: [yes_, no_]}
"""
ENDS = """\
name: ends
tasks:
  - {id: a, type: mfo_api_tool_list}
  - {id: after, type: mfo_api_tool_list, dependencies: [x]}
  - {id: between, type: mfo_api_tool_list, dependencies: [a], successors: [x]}
  - {id: x, type: mfo_api_tool_list}
conditions:
  - {id: c, type: expr, dependencies: [a], config: {expression: len(a.tools) > 1}, successors: [x]}
"""
LOOP = """\
name: loop
tasks:
  - {id: start, type: mfo_api_tool_list}
  - {id: head, type: mfo_api_tool_list, dependencies: [start]}
  - {id: body, type: mfo_api_tool_list, dependencies: [head]}
conditions:
  - {id: again, type: expr, dependencies: [body], config: {expression: TASKFLOW.iterations.again < 2}, successors: [head]}
"""
CONTINUED = LOOP[: LOOP.index("conditions")].replace("loop\n", "on\nconfig: {on_failure: continue}\n")
REFUSED = [
    (ENDS, "id: x,", "id: c,", '"x" may be skipped, and "after" with it: it would then run.'),
    (
        ENDS,
        "id: a,",
        "id: after",
        '"between" runs between them: it waits for a selected node, and "after" waits for it.',
    ),
    (
        ENDS,
        "id: after",
        "id: between",
        '"x" runs between them: it waits for a selected node, and "after" waits for it.',
    ),
    (
        LOOP,
        "id: start",
        "id: head",
        'The loop that starts at "head" would be cut in two: select all of it, or nodes between its ends.',
    ),
    (
        CONTINUED.replace("[head]", "[start]"),
        "id: start",
        "id: head",
        'With on_failure: continue, "body" runs even if "head" has failed: it would not.',
    ),
    (CHOICE, "id: yes_", "id: no_", 'The condition "choose" chooses between selected nodes: select it too.'),
    (CHOICE, "id: a,", "id: join", "No task would be left beside the subflow."),
    (
        CHOICE,
        "id: more",
        "id: join",
        '"yes_", which some of the selected nodes wait for, may be skipped: the others would be too.',
    ),
]


@pytest.mark.parametrize(("flow", "first", "last", "words"), REFUSED)
def test_what_would_run_otherwise_is_refused_with_the_reason(flow, first, last, words):
    selection = selected({"flow.yml": flow}, "flow.yml", first, last)
    (offer,) = [offer for offer in offers(selection) if offer.title.startswith("Extract")]
    assert offer.obstacle == words
    assert refactor(selection, offer.title) == Obstacle(offer.obstacle)


def test_a_cursor_inside_a_task_offers_no_subflow():
    assert not any(
        title.startswith("Extract") for title in titles(selected({"flow.yml": FLOW}, "flow.yml", "key: answer"))
    )


def bundles() -> dict[str, dict[str, str]]:
    found = {"features": FILES, **dict(right_bundles(CHANCE, (10,)))}
    for path in sorted({path.parent for path in EXAMPLES.rglob("workflow_definition.yml")}):
        names = [one for one in sorted(path.glob("*.yml")) if ".test." not in one.name]
        found[path.name] = {one.name: one.read_text(encoding="utf-8") for one in names}
    return found


BUNDLES = bundles()


LATE = (
    "nothing reads a result of the subflow",  # a rule takes waiting for a job for idle, in subflows alone
    "of the subflow.",  # an input that is mapped to a text
    'it waits for "subflow", which does',  # an edge beside the subflow that is needless now, and is the author's
)
"""What is found out only when a refactoring is worked out."""


@pytest.mark.parametrize("name", BUNDLES)
def test_wherever_something_is_offered_it_is_done_without_a_new_finding(name):
    """What is refused late would be refused by a rule: no refactoring writes what it should have foreseen."""
    files = BUNDLES[name]
    snapshot = Snapshot(bundle_of(files))
    seen: dict[str, set[str]] = {}
    for document in snapshot.bundle.sources:
        text = files[document]
        places = [CHANCE.randrange(len(text)) for _ in range(examples(15))]
        ends = [CHANCE.choice([0, 0, CHANCE.randrange(300)]) for _ in places]
        for start, length in zip(places, ends, strict=True):
            selection = Selection(snapshot, document, Span(start, min(start + length, len(text))))
            for refactoring in REFACTORINGS:
                for offer in refactoring(selection):
                    known = seen.setdefault(refactoring.__name__, set())
                    if offer.title in known or offer.obstacle or len(known) > examples(6):
                        continue
                    known.add(offer.title)
                    found = refactor(selection, offer.title)
                    if isinstance(found, Obstacle):
                        assert any(words in found.words for words in LATE), (offer.title, found)
                        continue
                    assert found, offer.title
                    if refactoring in {extract_subflow, edge_side} and offer.kind is not ActionKind.QUICK_FIX:
                        after = Snapshot(bundle_of(done(files, selection, offer.title)))
                        assert said_of_nodes(after).items() >= said_of_nodes(snapshot).items(), offer.title
                        assert comments(after, document) == comments(snapshot, document), offer.title
    assert seen


EDGES = {"dependencies", "successors"}


def said_of_nodes(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """What documents say of tasks and conditions but their edges and new subflows, by taskflow and id."""
    said: dict[tuple[str, str], str] = {}
    for view in snapshot.nodes:
        if view.inner is None:
            values = {name: one for name, one in to_value(view.node.mapping).items() if name not in EDGES}
            said[view.flow.taskflow.name, view.id] = re.sub(r"subflow(_\d+)?\??\.", "", repr(values))
    return said


def comments(snapshot: Snapshot, document: str) -> list[str]:
    return sorted(comment.text for comment in snapshot.bundle.sources[document].tree.comments)


PIECES = [
    "\n",
    "\r\n",
    "  ",
    "- ",
    ": ",
    "${",
    "}",
    "'",
    '"',
    "|\n",
    "[",
    "]",
    "#",
    ".",
    "\t",
    "\u2028",
    "*a",
    "&a ",
    "---\n",
    ",",
    "{",
]


@pytest.mark.parametrize("name", BUNDLES)
def test_whatever_is_typed_something_is_offered_or_nothing_and_no_edit_overlaps(name):
    """Half-typed and damaged texts: what is offered is done, or refused in words."""
    files = BUNDLES[name]
    for _ in range(examples(2)):
        document = CHANCE.choice([one for one in files if one.endswith(".yml")])
        text = files[document]
        if CHANCE.random() < 0.5:
            text = text[: CHANCE.randrange(len(text))]
        for _ in range(CHANCE.randint(0, 3)):
            at = CHANCE.randrange(len(text) + 1)
            text = text[:at] + CHANCE.choice(PIECES) + text[at + CHANCE.randint(0, 12) :]
        changed = files | {document: text}
        snapshot = Snapshot(bundle_of(changed))
        for _ in range(8):
            start = CHANCE.randrange(len(text) + 1)
            span = Span(start, min(len(text), start + CHANCE.choice([0, 0, 200])))
            selection = Selection(snapshot, document, span)
            for offer in CHANCE.sample(found := offers(selection), min(2, len(found))):
                edits = refactor(selection, offer.title)
                if isinstance(edits, Obstacle):
                    assert edits.words.endswith(".")
                else:
                    done(changed, selection, offer.title)
