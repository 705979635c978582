"""Each fix by itself, on the bad example of every rule in many layouts: it mends, and keeps the rest as it was."""

from __future__ import annotations

import pytest

from mfo_dialect.checker import check
from mfo_dialect.rules import Rule
from tests.fixing.examples import EXAMPLES, Files, bad_example, layouts
from tests.fixing.keeping import line_breaks, lost_comments, moved_or_changed
from tests.rules.cases import findings_of, fixed
from tests.rules.checking import apply_fix, bundle_of, show

every_rule_with_fixes = pytest.mark.parametrize(
    "rule",
    [rule for rule in EXAMPLES if any(one.fixes for one in findings_of(bad_example(rule)))],
    ids=lambda r: r.code,
)


@every_rule_with_fixes
def test_a_fix_mends_and_keeps_the_rest(rule: Rule) -> None:
    for layout, files in layouts(bad_example(rule)):
        before = check(bundle_of(files))
        assert rule.code in {finding.code for finding in before}, layout
        for finding in before:
            for fix in finding.fixes:
                after = apply_fix(files, fix)
                left = check(bundle_of(after))
                assert len(left) < len(before), (layout, fix.title, [show(one, after) for one in left])
                assert_kept(files, after, [edit for edit in fix.edits if edit.place.document in files])


def assert_kept(before: Files, after: Files, edits: list) -> None:
    for name in {edit.place.document for edit in edits if not edit.place.document.endswith(".toml")}:
        own = [edit for edit in edits if edit.place.document == name]
        assert line_breaks(after[name]) <= (line_breaks(before[name]) or {"\n"})
        assert lost_comments(before[name], after[name]) == []
        assert moved_or_changed(before[name], after[name], own) == []


WITH_UNUSED = """\
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
      prompt_context:
        name: ${INPUT.name}
        mood: cheerful  # for Mondays
"""
PROMPTS = "templates:\n  greeting:\n    user_prompt: Hello {{ .name }}\n"


def test_a_comment_beside_what_is_removed_stays_on_its_own_line() -> None:
    files = {"workflow.yml": WITH_UNUSED, "prompts.yml": PROMPTS}
    expected = WITH_UNUSED.replace("mood: cheerful  # for Mondays", "# for Mondays")
    assert fixed(files, 'Remove "mood"') == expected


def test_no_fix_is_offered_that_would_lose_a_comment_inside_brackets() -> None:
    flow = WITH_UNUSED.split("prompt_context", maxsplit=1)[0]
    flow += "prompt_context: {name: a, # for Mondays\n        mood: cheerful}\n"
    findings = findings_of({"workflow.yml": flow, "prompts.yml": PROMPTS})
    assert [(finding.code, finding.fixes) for finding in findings] == [("MFO605", ())]


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_new_lines_end_as_those_around_them(line_break: str) -> None:
    flow = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n  - id: b\n"
    flow += "    type: mfo_api_memory_get\n    config:\n      key: ${a.value}\n"
    after = fixed({"workflow.yml": flow.replace("\n", line_break)}, 'Add "a" to dependencies')
    assert after == flow.replace("\n", line_break) + f"    dependencies: [a]{line_break}"
