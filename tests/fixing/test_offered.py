"""Which rules offer fixes, and that each is offered in whatever way the place is written."""

from __future__ import annotations

import pytest

from mfo_dialect.rules import Rule
from tests.fixing.examples import EXAMPLES, bad_example
from tests.rules.cases import findings_of, fixed

SAFE = [
    "MFO103",
    "MFO104",
    "MFO106",
    "MFO207",
    "MFO304",
    "MFO306",
    "MFO309",
    "MFO403",
    "MFO406",
    "MFO407",
    "MFO605",
    "MFO901",
]
TO_CONFIRM = [
    "MFO102",
    "MFO107",
    "MFO201",
    "MFO202",
    "MFO203",
    "MFO204",
    "MFO206",
    "MFO301",
    "MFO302",
    "MFO303",
    "MFO310",
    "MFO401",
    "MFO402",
    "MFO404",
    "MFO411",
    "MFO502",
    "MFO601",
    "MFO602",
    "MFO604",
    "MFO701",
    "MFO703",
    "MFO801",
    "MFO805",
]
SAFER = {"MFO203"}
"""To confirm by the catalogue; on its page's example only the text decides, and nothing has to be confirmed."""


def own_fixes(rule: Rule) -> set[bool]:
    return {fix.safe for one in findings_of(bad_example(rule)) if one.code == rule.code for fix in one.fixes}


@pytest.mark.parametrize("code", SAFE)
def test_a_safe_fix_is_offered_on_the_rules_page(code: str) -> None:
    assert True in own_fixes(next(rule for rule in EXAMPLES if rule.code == code))


@pytest.mark.parametrize("code", TO_CONFIRM)
def test_a_fix_to_confirm_is_offered_on_the_rules_page(code: str) -> None:
    assert (code in SAFER) in own_fixes(next(rule for rule in EXAMPLES if rule.code == code))


CHAT = """\
name: f
tasks:
  - id: ask
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
"""
PLAIN = 'version: "1.0"  # the first\n'
NEW = "greeting:\n    user_prompt: |\n      Write the prompt here.\n"


@pytest.mark.parametrize(
    ("prompts", "after"),
    [
        (PLAIN, f"{PLAIN}templates:\n  {NEW}"),
        ("templates:\n", f"templates:\n  {NEW}"),
        ("templates: {}\n", f"templates:\n  {NEW}"),
        (
            "templates: {other_one: {user_prompt: Hi}}\n",
            'templates: {other_one: {user_prompt: Hi}, greeting: {user_prompt: "Write the prompt here."}}\n',
        ),
    ],
)
def test_a_prompt_template_is_created_whatever_the_prompts_file_has(prompts: str, after: str) -> None:
    files = {"workflow.yml": CHAT, "prompts.yml": prompts}
    changed = fixed(files, 'Create the prompt template "greeting"', "prompts.yml")
    assert changed == after
    assert "MFO601" not in {one.code for one in findings_of({**files, "prompts.yml": changed})}


WITH_RETRY = CHAT + "      error_handling:\n        on_error:\n          - type: retry_with_prompt\n"
WITH_RETRY += "            max_retries: 2\n            append_to_system_prompt: again\n"


@pytest.mark.parametrize(
    ("prompts", "after"),
    [
        (
            "templates:\n  greeting:\n    user_prompt: Hi\n    error_handling_templates:\n",
            "templates:\n  greeting:\n    user_prompt: Hi\n    error_handling_templates: {again: TEXT}\n",
        ),
        (
            "templates:\n  greeting:\n    user_prompt: Hi\n    error_handling_templates: {}  # none yet\n",
            "templates:\n  greeting:\n    user_prompt: Hi\n    error_handling_templates: {again: TEXT}  # none yet\n",
        ),
        (
            "templates: {greeting: {user_prompt: Hi}}\n",
            "templates: {greeting: {user_prompt: Hi, error_handling_templates: {again: TEXT}}}\n",
        ),
        (
            "templates:\n  greeting:\n    user_prompt: Hi\n    error_handling_templates:\n      other: '{{ .error }}'\n",
            "templates:\n  greeting:\n    user_prompt: Hi\n    error_handling_templates:\n      other: '{{ .error }}'\n      again: TEXT\n",
        ),
    ],
)
def test_an_error_template_is_created_whatever_the_template_has(prompts: str, after: str) -> None:
    files = {"workflow.yml": WITH_RETRY, "prompts.yml": prompts}
    changed = fixed(files, 'Create the error template "again" in "greeting"', "prompts.yml")
    before, _, behind = after.partition("TEXT")
    assert changed.startswith(before)
    assert changed.endswith(behind)
    assert "{{ .error }}" in changed[len(before) :]
    assert "MFO602" not in {one.code for one in findings_of({**files, "prompts.yml": changed})}


@pytest.mark.parametrize(
    ("context", "after"),
    [
        ("", '      prompt_context: {name: ""}\n'),
        ("      prompt_context:  # soon\n", '      prompt_context: {name: ""}  # soon\n'),
        ("      prompt_context: {}\n", '      prompt_context: {name: ""}\n'),
        ("      prompt_context: {day: x}\n", '      prompt_context: {day: x, name: ""}\n'),
        ("      prompt_context:\n        day: x\n", '      prompt_context:\n        day: x\n        name: ""\n'),
    ],
)
def test_a_missing_variable_is_added_whatever_there_is(context: str, after: str) -> None:
    prompts = "templates:\n  greeting:\n    variables: [name]\n    user_prompt: Hi {{ .name }} {{ with .day }}{{ . }}{{ end }}\n"
    files = {"workflow.yml": CHAT + context, "prompts.yml": prompts}
    assert fixed(files, "Add name to prompt_context") == CHAT + after


FETCH = "name: f\ntasks:\n  - id: fetch\n    type: mfo_api_memory_get\n    config: {key: k}\n"
FETCH += "  - id: other\n    type: mfo_api_memory_get\n    config: {key: o}\n"
READ = "  - id: store\n    type: mfo_api_memory_store\n    config: {key: a, value: '${fetch.value}'}\n"


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("", "    dependencies: [fetch]\n"),
        ("    dependencies:\n", "    dependencies: [fetch]\n"),
        ("    dependencies: []\n", "    dependencies: [fetch]\n"),
        ("    dependencies: [other]  # first\n", "    dependencies: [other, fetch]  # first\n"),
        ("    dependencies: [\n      other,\n    ]\n", "    dependencies: [\n      other, fetch,\n    ]\n"),
        ("    dependencies:\n      - other  # first\n", "    dependencies:\n      - other  # first\n      - fetch\n"),
        (
            "    dependencies:\n    - other\n    timeout: 1s\n",
            "    dependencies:\n    - other\n    - fetch\n    timeout: 1s\n",
        ),
        ("    dependencies:\n      - 'other'\n", "    dependencies:\n      - 'other'\n      - fetch\n"),
    ],
)
def test_a_dependency_is_added_in_the_layout_that_is_there(written: str, after: str) -> None:
    text = FETCH + READ + written
    assert fixed({"workflow.yml": text}, 'Add "fetch" to dependencies') == FETCH + READ + after


def test_a_reader_after_a_join_can_wait_for_what_it_reads_alone() -> None:
    files = bad_example(next(rule for rule in EXAMPLES if rule.code == "MFO404"))
    after = fixed(files, 'Let "send" no longer wait for "copy"')
    assert after == files["workflow.yml"].replace("[summarise, copy]", "[summarise]", 1)
    reads_both = {
        "workflow.yml": files["workflow.yml"].replace("${summarise.message}", "${summarise.message} ${copy.value}")
    }
    assert [finding.fixes for finding in findings_of(reads_both)] == [(), ()]


BRANCHES = """\
name: f
input_schema: {properties: {n: {type: integer}}}
tasks:
  - id: one
    type: mfo_api_memory_get
    config: {key: k}
  - id: two
    type: mfo_api_memory_get
    config: {key: k}
    dependencies: [decide]
conditions:
  - id: decide
    type: expr
    config: {expression: CHOICE}
    successors: [one]
"""


@pytest.mark.parametrize(("expression", "safe"), [("INPUT.n > 1", True), ("INPUT.n", False)])
def test_a_node_becomes_the_only_free_branch_without_a_question(expression: str, safe: bool) -> None:
    findings = findings_of({"workflow.yml": BRANCHES.replace("CHOICE", expression)})
    fixes = [fix for one in findings if one.code == "MFO306" for fix in one.fixes]
    assert [(fix.title, fix.safe) for fix in fixes] == [
        ('Make it the next branch of "decide"', safe),
        ('Remove "decide" from dependencies', False),
    ]
