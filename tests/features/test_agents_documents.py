"""Agents documents in the editor: what may be typed, what names lead to, and what a new name changes."""

from __future__ import annotations

import pytest

from mfo_dialect.text import Span
from mfo_lsp.features.completion import CompletionClient, complete
from mfo_lsp.features.definition import definitions
from mfo_lsp.features.hover import hover
from mfo_lsp.features.inlay_hints import inlay_hints
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.features.references import references
from mfo_lsp.features.rename import Refusal, rename
from mfo_lsp.features.semantic_tokens import semantic_tokens
from tests.features.bundles import at, snapshot_of
from tests.marks import read_cursor

AGENTS = """\
agents:
  clerk:
    name: The clerk
    context: "{{ .customer }} is {{ .mood }}"
    guide: ["Be kind to {{ .customer | upper }}", Be brief]
    tools: [extract, calculator]
    interaction: {can_delegate_to: [reader]}
    memory: {keys: [mood]}
    allowed_triggers: [mail]
  reader: {guide: Read., tools: ["agent:checker"]}
  checker: {guide: Check.}
"""
WORKFLOW = """\
workflow_name: post
triggers:
  - {id: mail, type: manual, target_taskflow: write}
  - {id: night, type: schedule, config: {cron_expression: 0 0 * * *}, target_taskflow: write}
taskflows:
  - taskflow_id: write
    tasks:
      - id: first
        type: mfo_agent_run
        config: {agent_id: clerk, task: Go., context: {customer: Ada}}
      - {id: second, type: mfo_agent_run, config: {agent_id: reader, task: Go., context: {customer: Bob}}}
"""
BESIDE = AGENTS.replace("agents:", "agents:\n  new:\n    <|>", 1)
OWN = AGENTS.replace("  checker: {guide: Check.}\n", "  checker:\n    guide: Check.\n    <|>\n")


def labels(marked):
    snapshot, key, offset = at("agents", marked)
    return [item.label for item in complete(snapshot, key, offset, CompletionClient(snippets=False))]


def here(marked_part, agents=AGENTS, workflow=WORKFLOW):
    """A bundle, and the place of a marked part of its agents document."""
    plain, offset = read_cursor(marked_part)
    assert agents.count(plain) == 1, plain
    return snapshot_of(agents=agents, workflow=workflow), "agents.yml", agents.index(plain) + offset


KEYS = ["name", "description", "objectives", "capabilities", "context", "task", "tools", "model", "fallbacks"]
KEYS += ["interaction", "limits", "memory", "output_schema", "cache", "allowed_triggers"]
TYPED = [
    (BESIDE.replace("<|>", "allowed_triggers: [<|>]"), ["mail"]),
    (BESIDE.replace("<|>", "allowed_triggers: [mail, <|>]"), []),
    (BESIDE.replace("<|>", "allowed_triggers:\n      - ma<|>"), ["mail"]),
    (BESIDE.replace("<|>", "allowed_triggers: [ma<|>"), ["mail"]),
    (BESIDE.replace("<|>", "interaction: {can_delegate_to: [<|>]}"), ["clerk", "reader", "checker"]),
    (BESIDE.replace("<|>", "interaction: {can_delegate_to: [clerk, <|>]}"), ["reader", "checker"]),
    (OWN.replace("<|>", "interaction: {can_delegate_to: [<|>]}"), []),
    (OWN.replace("<|>", "interaction: {can_delegate_to: [rea<|>]}"), ["clerk", "reader"]),
    (OWN.replace("<|>", "tools: [<|>]"), ["extract"]),
    (
        BESIDE.replace(
            "<|>", "tools: [calculator]\n    interaction: {can_delegate_to: [clerk], require_approval_for: [<|>]}"
        ),
        ["calculator", "agent:clerk"],
    ),
    (BESIDE.replace("<|>", "guide: ['Hello {{ .<|> }}']"), ["task", "agent", "memory"]),
    (AGENTS.replace("Be brief", "'{{ .<|> }}'"), ["task", "agent", "memory", "mood"]),
    (
        BESIDE.replace("<|>", "tools:\n      - extract\n      - agent:<|>"),
        ["agent:clerk", "agent:reader", "agent:checker"],
    ),
    (BESIDE.replace("<|>", "guide: x\n    i<|>"), KEYS),
    (f"{AGENTS}  new: {{guide: x, <|>}}", KEYS),
    ("agents:\n  - guide: x\n    i<|>", ["id", *KEYS]),
]


@pytest.mark.parametrize(("marked", "expected"), TYPED)
def test_what_may_be_typed(marked, expected):
    assert labels(marked) == expected


LEADS_TO = [
    ("ma<|>il", "**mail** \u2014 trigger", "workflow.yml", "mail", ["agents.yml mail", "workflow.yml mail"]),
    ("keys: [mo<|>od]", "**mood** \u2014 variable of an agent", "agents.yml", "mood", ["agents.yml mood"] * 2),
    (
        "{{ .cust<|>omer }}",
        "**customer** \u2014 variable of an agent",
        "",
        "",
        ["agents.yml customer", "agents.yml customer", "workflow.yml customer"],
    ),
]


@pytest.mark.parametrize(("marked", "words", "document", "declared", "places"), LEADS_TO)
def test_what_a_name_leads_to(marked, words, document, declared, places):
    snapshot, key, offset = here(marked)
    texts = {name: source.text for name, source in snapshot.bundle.sources.items()}
    found = hover(snapshot, key, offset)
    assert found is not None
    assert found.markdown.startswith(words)
    leads = [
        (one.name.document, texts[one.name.document][one.name.span.start :])
        for one in definitions(snapshot, key, offset)
    ]
    assert [(name, text.startswith(declared)) for name, text in leads] == ([(document, True)] if document else [])
    said = [
        f"{one.document} {texts[one.document][one.span.start : one.span.end]}"
        for one in references(snapshot, key, offset)
    ]
    assert said == places


SELF = AGENTS.replace("Be brief", "'{{ <|>.WHAT }}'").replace("reader: {", "reader: {description: Reads well., ")
TELLS = [
    ("ta<|>sk", "**task** \u2014 string", "whoever asks"),
    ("ag<|>ent", "**agent** \u2014 map", "`objectives`"),
    ("agent.na<|>me", "**agent.name** \u2014 string", "`The clerk`"),
    ("agent.i<|>d", "**agent.id** \u2014 string", "`clerk`"),
    ("memory.mo<|>od", "**memory.mood** \u2014 key of the server's memory", ""),
    ("mem<|>ory", "**memory** \u2014 map", "Its keys: `mood`."),
    ("mo<|>od", "**mood** \u2014 variable of an agent", "A key of the server's memory"),
    ("cust<|>omer", "**customer** \u2014 variable of an agent", "Given by the `context` of `first`."),
]


@pytest.mark.parametrize(("marked", "title", "words"), TELLS)
def test_what_a_layer_reads_is_told(marked, title, words):
    text, offset = read_cursor(SELF.replace("<|>.WHAT", f".{marked}"))
    snapshot = snapshot_of(agents=text, workflow=WORKFLOW)
    found = hover(snapshot, "agents.yml", offset)
    assert found is not None
    assert found.markdown.startswith(title)
    assert words in found.markdown


@pytest.mark.parametrize("marked", ["agent.fo<|>o", "memory.unkn<|>own"])
def test_nothing_is_told_of_what_is_not_there(marked):
    text, offset = read_cursor(SELF.replace("<|>.WHAT", f".{marked}"))
    assert hover(snapshot_of(agents=text), "agents.yml", offset) is None


def test_a_key_of_the_memory_is_found_where_it_is_read_below_memory():
    text, offset = read_cursor(SELF.replace("<|>.WHAT", ".memory.mo<|>od"))
    snapshot = snapshot_of(agents=text, workflow=WORKFLOW)
    (declared,) = definitions(snapshot, "agents.yml", offset)
    assert text[declared.name.span.start :].startswith("mood]")
    assert len(references(snapshot, "agents.yml", offset)) == 3


def renamed(marked, new_name, agents=AGENTS, **more):
    _, key, offset = here(marked, agents)
    snapshot = snapshot_of(agents=agents, workflow=WORKFLOW, **more)
    found = rename(snapshot, key, offset, new_name)
    if isinstance(found, Refusal):
        return found.words
    texts = {name: source.text for name, source in snapshot.bundle.sources.items()}
    for edit in sorted(found.edits, key=lambda one: one.place.span.start, reverse=True):
        place, text = edit.place, texts[edit.place.document]
        texts[place.document] = text[: place.span.start] + edit.new_text + text[place.span.end :]
    return texts


def test_a_trigger_is_renamed_where_it_is_allowed():
    texts = renamed("ma<|>il", "post")
    assert texts["agents.yml"] == AGENTS.replace("mail", "post")
    assert texts["workflow.yml"] == WORKFLOW.replace("mail", "post", 1)


def test_triggers_of_two_documents_that_an_agent_allows_by_one_name_keep_one_name():
    texts = renamed("ma<|>il", "post", second_workflow=WORKFLOW)
    assert texts["agents.yml"] == AGENTS.replace("mail", "post")
    assert texts["workflow.yml"] == texts["second_workflow.yml"] == WORKFLOW.replace("mail", "post", 1)


def test_what_an_agent_reads_is_renamed_in_its_layers_and_where_tasks_give_it():
    texts = renamed("{{ .cust<|>omer }}", "who")
    assert texts["agents.yml"] == AGENTS.replace("customer", "who")
    assert texts["workflow.yml"] == WORKFLOW.replace("customer: Ada", "who: Ada")


@pytest.mark.parametrize(
    ("marked", "new_name", "agents", "reason"),
    [
        ("keys: [mo<|>od]", "temper", AGENTS, "memory keeps"),
        ("{{ .cust<|>omer }}", "task", AGENTS, "meaning of its own"),
        ("{{ .cust<|>omer }}", "mood", AGENTS, "already"),
        ("{{ .cust<|>omer }}", "who", AGENTS.replace("Be brief", '"{{ if .customer }}"'), "cannot be read"),
    ],
)
def test_what_keeps_a_name(marked, new_name, agents, reason):
    assert reason in renamed(marked, new_name, agents=agents)


def test_names_of_agents_have_colours_and_titles():
    snapshot = snapshot_of(agents=AGENTS, workflow=WORKFLOW)
    colours = {AGENTS[one.span.start : one.span.end]: one.type.value for one in semantic_tokens(snapshot, "agents.yml")}
    assert (
        colours.items() >= {"mail": "event", "customer": "parameter", "mood": "parameter", "upper": "function"}.items()
    )
    hints = inlay_hints(snapshot, "workflow.yml", Span(0, len(WORKFLOW)), Preferences())
    assert [hint.label for hint in hints if "clerk" in hint.label] == ["The clerk"]
