"""Outline, lenses and actions as pure functions of a snapshot; broken texts included."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Edit, Finding, Fix, Place, Severity
from mfo_dialect.text import Span, TextEdit, apply_edits
from mfo_lsp.features.code_actions import ActionKind, code_actions
from mfo_lsp.features.code_lenses import code_lenses
from mfo_lsp.features.diagnostics import diagnostic_of, is_shown
from mfo_lsp.features.document_symbols import OutlineEntry, document_symbols
from mfo_lsp.features.fix_all import fix_all, wants_fix_all
from mfo_lsp.features.preferences import Preferences, read_preferences
from mfo_workspace.fixing import fix_bundle
from tests.marks import read_cursor
from tests.rules.checking import bundle_of

WORKFLOW = """\
workflow_name: mail
taskflows:
  - taskflow_id: answer
    description: Answers a letter
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: letter}
      - id: write
        type: mfo_api_chat_send
        config: {prompt: "Answer ${fetch.value}"}
        dependencies: [fetch]
    conditions:
      - id: long
        type: expr
        config: {expression: "len(fetch.value) > 3"}
        dependencies: [fetch]
        successors: [write]
    subflows:
      - id: later
        name: What comes after
        tasks:
          - id: tag
            type: mfo_api_tool_list
triggers:
  - id: daily
    type: schedule
    config: {cron_expression: "0 8 * * *"}
    target_taskflow: answer
schemas:
  letter: {type: object}
"""
PROMPTS = """\
templates:
  draft:
    name: A draft
    user_prompt: Hello
    error_handling_templates:
      not_json: "Again: {{ .error }}"
tools:
  extract:
    description: Takes things out
    parameters: {type: object}
extraction_schemas:
  parts: {type: object}
"""
AGENTS = "agents:\n  clerk:\n    name: The clerk\n    objectives: [help]\n"
CONFIG = "client:\n  base_url: http://localhost\n"


def snapshot_of(**files: str) -> Snapshot:
    return Snapshot(bundle_of({f"{name}.yml": text for name, text in files.items()}))


def written(symbols: tuple[OutlineEntry, ...], depth: int = 0) -> list[str]:
    lines = []
    for symbol in symbols:
        detail = f" ({symbol.detail})" if symbol.detail else ""
        lines.append(f"{'  ' * depth}{symbol.kind.value} {symbol.name}{detail}")
        lines += written(symbol.children, depth + 1)
    return lines


OUTLINES = [
    (
        WORKFLOW,
        """\
taskflow answer (Answers a letter)
  task fetch (mfo_api_memory_get)
  task write (mfo_api_chat_send)
  condition long (len(fetch.value) > 3)
  subflow later (What comes after)
    task tag (mfo_api_tool_list)
trigger daily (schedule)
schema letter""",
    ),
    (
        PROMPTS,
        """\
prompt template draft (A draft)
  error template not_json
tool extract (Takes things out)
schema parts""",
    ),
    (AGENTS, "agent clerk (The clerk)"),
    (CONFIG, "setting client"),
    (
        "name: half\ntasks:\n  - type: mfo_api_tool_list\n  - id:\n",
        "taskflow half\n  task (task) (mfo_api_tool_list)\n  task (task)",
    ),
    (
        'name: broken\ntasks:\n  - id: one\n    type: "mfo_api_tool_list\n  - id: two\n    type: mfo_api_tool_list\n',
        "taskflow broken\n  task one (mfo_api_tool_list)\n  task two (mfo_api_tool_list)",
    ),
    ("services:\n  web: {image: nginx}\n", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "outline"), OUTLINES)
def test_outline(text, outline):
    assert "\n".join(written(document_symbols(snapshot_of(document=text), "document.yml"))) == outline


def test_an_unknown_document_has_no_outline():
    assert document_symbols(snapshot_of(a=WORKFLOW), "b.yml") == ()


@pytest.mark.parametrize("text", [text for text, _ in OUTLINES])
def test_every_prefix_has_an_outline_inside_its_text(text):
    for end in range(len(text) + 1):
        prefix = text[:end]
        snapshot = snapshot_of(document=prefix)
        stack = list(document_symbols(snapshot, "document.yml"))
        while stack:
            symbol = stack.pop()
            assert symbol.name
            assert 0 <= symbol.span.start <= symbol.name_span.start
            assert symbol.name_span.end <= symbol.span.end <= len(prefix)
            for child in symbol.children:
                assert symbol.span.start <= child.span.start
                assert child.span.end <= symbol.span.end
            stack += symbol.children
        assert all(lens.span.end <= len(prefix) for lens in code_lenses(snapshot, "document.yml", Preferences()))


def test_lenses_stand_above_each_taskflow_with_nodes():
    text = "taskflows:\n  - taskflow_id: one\n    tasks: [{id: a}]\n  - taskflow_id: two\n  - tasks: [{id: b}]\n"
    lenses = code_lenses(snapshot_of(document=text), "document.yml", Preferences())
    found = {(text[lens.span.start : lens.span.end], lens.arguments["taskflow"]) for lens in lenses}
    assert found == {("one", "one"), ("", None)}
    above = [(lens.title, lens.command) for lens in lenses if lens.arguments["taskflow"] == "one"]
    assert above == [("Run flow", "mfo.runFlow"), ("Dry run", "mfo.dryRun"), ("Show graph", "mfo.showGraph")]


def test_each_task_has_a_lens_where_the_user_wants_it():
    text = "name: one\ntasks: [{id: a, type: transform}, {type: transform}]\nconditions: [{id: c}]\n"
    found = code_lenses(snapshot_of(document=text), "document.yml", Preferences(task_lenses=True))
    (lens,) = [lens for lens in found if lens.command == "mfo.runTask"]
    assert (lens.title, text[lens.span.start : lens.span.end]) == ("Run task", "a")
    assert lens.arguments == {"taskflow": "one", "task": "a"}


def test_what_names_templates_and_agents_is_counted_above_them():
    prompts = "templates:\n  hello: {user_prompt: Hi}\n  bye: {user_prompt: Bye}\n"
    agents = "agents:\n  - {id: writer, guide: Write., prompt_template_id: hello}\n"
    snapshot = snapshot_of(prompts=prompts, agents=agents)
    for name, text, names in (("prompts.yml", prompts, ["hello", "bye"]), ("agents.yml", agents, ["writer"])):
        lenses = code_lenses(snapshot, name, Preferences())
        assert [text[lens.span.start : lens.span.end] for lens in lenses] == names
        assert {(lens.title, lens.command) for lens in lenses} == {("", "")}
        assert code_lenses(snapshot, name, Preferences(reference_lenses=False)) == ()


def test_lenses_can_be_turned_off():
    assert code_lenses(snapshot_of(document=WORKFLOW), "document.yml", Preferences(code_lenses=False)) == ()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"codeLenses": False}, Preferences(code_lenses=False)),
        ({"hints": False, "unknown": 1}, Preferences(hints=False)),
        ({"codeLenses": "no"}, Preferences()),
        (None, Preferences()),
        ([1], Preferences()),
    ],
)
def test_preferences_from_any_options(options, expected):
    assert read_preferences(options) == expected


def finding(code="MFO302", start=2, end=4, fixes=(), severity=Severity.ERROR, document="a.yml"):
    return Finding(code, "some-name", severity, "wrong", Place(document, Span(start, end)), fixes=tuple(fixes))


def fix(*places, safe=False, title="Mend it"):
    return Fix(title, tuple(Edit(Place("a.yml", Span(*place)), "new") for place in places), safe)


def test_hints_are_shown_where_they_are_wanted():
    hint = finding(severity=Severity.HINT)
    assert not is_shown(hint, Preferences(hints=False))
    assert is_shown(hint, Preferences())
    assert diagnostic_of(hint).url.endswith("/docs/rules/MFO302.md")


@pytest.mark.parametrize(
    ("selection", "offered"),
    [((2, 2), 1), ((4, 4), 1), ((0, 9), 1), ((3, 3), 1), ((0, 1), 0), ((5, 9), 0)],
)
def test_fixes_are_offered_where_the_selection_touches_the_finding(selection, offered):
    actions = code_actions([finding(fixes=[fix((2, 4))])], "a.yml", Span(*selection))
    assert len(actions) == offered


def test_fixes_of_other_documents_are_not_offered():
    assert code_actions([finding(fixes=[fix((2, 4))], document="b.yml")], "a.yml", Span(0, 9)) == ()


def test_the_first_safe_fix_is_preferred():
    fixes = [fix((2, 4), title="one"), fix((2, 4), title="two", safe=True), fix((2, 4), title="three", safe=True)]
    actions = code_actions([finding(fixes=fixes)], "a.yml", Span(2, 2))
    assert [(action.title, action.preferred) for action in actions] == [("one", False), ("two", True), ("three", False)]


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, ["quickfix"]),
        (["quickfix"], ["quickfix"]),
        (["source"], []),
        (["refactor"], []),
        ([], []),
        (["", "quickfix"], ["quickfix"]),
    ],
)
def test_only_the_kinds_that_are_asked_for_are_offered(only, kinds):
    actions = code_actions([finding(fixes=[fix((2, 4), safe=True)])], "a.yml", Span(2, 2), only)
    assert [action.kind.value for action in actions] == kinds


FIX_ALL = (
    "name: f\r\ntasks:\r\n  - id: a  # first\r\n    type: slop_api_memory_get\r\n    config: {key: k}\r\n"
    "  - id: b\r\n    type: slop_api_memory_store\r\n    config:\r\n      key: k\r\n      value: ${a.value}\r\n"
)


def test_mending_all_does_what_the_command_line_does():
    bundle = snapshot_of(flow=FIX_ALL).bundle
    action = fix_all(bundle, "flow.yml", lambda _: None)
    edits = [TextEdit(edit.place.span, edit.new_text) for edit in action.edits]
    after = apply_edits(FIX_ALL, edits)
    assert after == FIX_ALL.replace("slop_", "mfo_") + "    dependencies: [a]\r\n"
    assert after == fix_bundle(bundle).texts["flow.yml"]
    assert len(edits) == 3, "lines between stay untouched"


def test_mending_all_leaves_other_documents_findings_alone():
    bundle = snapshot_of(flow=FIX_ALL, other=FIX_ALL).bundle
    action = fix_all(bundle, "flow.yml", lambda _: None)
    assert {edit.place.document for edit in action.edits} == {"flow.yml"}


@pytest.mark.parametrize(
    ("only", "wanted"),
    [
        (None, False),
        (["quickfix"], False),
        (["source"], True),
        (["source.fixAll"], True),
        (["source.fixAll.mfo"], True),
        (["source.fixAll.other"], False),
        (["source.fixAllOfThem"], False),
        ([], False),
    ],
)
def test_mending_all_is_offered_where_it_is_asked_for(only, wanted):
    assert wants_fix_all(only) is wanted


def test_a_real_fix_at_the_cursor():
    text, cursor = read_cursor(
        "name: a\ntasks:\n  - id: fetch\n    type: mfo_api_tool_list\n"
        "  - id: b\n    type: mfo_api_tool_list\n    dependencies: [fet<|>h]\n"
    )
    snapshot = snapshot_of(flow=text)
    (action,) = code_actions(check_snapshot(snapshot), "flow.yml", Span(cursor, cursor))
    assert (action.kind, action.title, action.preferred) == (ActionKind.QUICK_FIX, 'Change to "fetch"', False)
    (edit,) = action.edits
    assert (text[edit.place.span.start : edit.place.span.end], edit.new_text) == ("feth", "fetch")


def test_a_finding_can_be_ignored_at_the_cursor():
    text = "name: a\ntasks:\n  - id: b\n    type: mfo_api_tool_list\n    priority: hgh\n"
    snapshot = snapshot_of(flow=text)
    source = snapshot.bundle.sources["flow.yml"]
    place = text.index("hgh")
    actions = code_actions(check_snapshot(snapshot), "flow.yml", Span(place, place), ["quickfix"], source)
    assert [action.title for action in actions] == ['Change to "high"', "Ignore MFO204 here"]
    (edit,) = actions[-1].edits
    assert edit == Edit(Place("flow.yml", Span(place + 3, place + 3)), "  # mfo: ignore[MFO204]")
