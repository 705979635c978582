"""What is wrong with the text itself: syntax, doubled keys, tabs, bare templates, anchors."""

import pytest

from mfo_dialect.findings import Severity, Tag
from tests.rules.cases import Case, assert_said, findings_of, fix_called, fixed

HEAD = "name: flow\ntasks:\n"
GET = "  - id: fetch\n    type: mfo_api_memory_get\n    config: {key: a}\n"

CASES = [
    Case(
        "each syntax problem is one finding",
        HEAD
        + '  - id: a\n    type: mfo_api_memory_get\n    config: {key: "a}\n  - id: b\n    type:mfo_api_tool_list\n',
        [("MFO101", '"', "never closed"), ("MFO101", ":", "space")],
    ),
    Case(
        "a conflict is one finding, and the first side is read",
        f"name: flow\ntasks:\n<<<<<<< ours\n{GET}=======\n  - id: x\n>>>>>>> theirs\n",
        [("MFO101", f"<<<<<<< ours\n{GET}=======\n  - id: x\n>>>>>>> theirs", "merge conflict")],
    ),
    Case(
        "a doubled key deep in free values",
        HEAD
        + "  - id: a\n    type: mfo_api_tool_execute\n    config:\n      tool_id: t\n      arguments: {x: {y: 1, y: 2}}\n",
        [("MFO102", "y", "already a key")],
    ),
    Case(
        "every further one is reported",
        HEAD + GET + "    name: x\n    name: y\n    name: z\n",
        [("MFO102", "name", ""), ("MFO102", "name", "")],
    ),
    Case(
        "the halves of a doubled config miss nothing",
        HEAD + "  - id: a\n    type: mfo_api_memory_store\n    config:\n      key: a\n    config:\n      value: 1\n",
        [("MFO102", "config", "merge")],
    ),
    Case(
        "an item that is indented too far tears no keys apart",
        HEAD
        + "  - id: a\n    type: mfo_api_tool_list\n    successors:\n      - b\n\n"
        + "    - id: b\n    type: mfo_api_tool_list\n    successors:\n      - c\n\n  - id: c\n    type: mfo_api_tool_list\n",
        [("MFO101", "- id: b", "indentation")],
    ),
    Case(
        "tabs give nothing but tabs",
        "name: flow\ntasks:\n\t- id: a\n\t  type: mfo_api_memory_get\n\t  config:\n\t\tkey: a\n",
        [("MFO103", "\t", "spaces")],
    ),
    Case(
        "two runs of tabs",
        "name: flow\ntasks:\n  - id: a\n\ttype: mfo_api_memory_get\n    config:\n\t\tkey: a\n",
        [("MFO103", "\t", ""), ("MFO103", "\t\t", "")],
    ),
    Case(
        "a bare template, whole and with more behind it",
        HEAD
        + "  - id: a\n    type: mfo_api_chat_send\n    config:\n      prompt_context: {x: y}\n"
        + '      prompt: {{ .x }}\n      system_prompt: {{ .x }} and "more"  # text\n',
        [("MFO104", "{{ .x }}", "quoted"), ("MFO104", '{{ .x }} and "more"', "quoted")],
    ),
    Case(
        "an alias to nothing, in place of text",
        HEAD + "  - id: a\n    type: mfo_api_memory_get\n    config:\n      key: *important\n",
        [("MFO105", "*important", "no anchor")],
    ),
]
SILENT = [
    Case(
        "anchors, aliases and merge keys",
        "name: flow\nx-common: &common {key: a}\ntasks:\n  - id: a\n    type: mfo_api_memory_store\n"
        "    config:\n      <<: *common\n      value: 3\n  - id: b\n    type: mfo_api_memory_get\n    config: *common\n",
    ),
    Case("keys of different maps", HEAD + GET + "  - id: b\n    type: mfo_api_memory_get\n    config: {key: a}\n"),
    Case(
        "templates in quotes and blocks",
        HEAD + GET,
        [],
        {
            "prompts.yml": "templates:\n  t:\n    user_prompt: |\n      {{ .a }}\n    variables: [a]\n    default_variables: {a: 1}\n"
        },
    ),
    Case("tabs inside text", HEAD + '  - id: a\n    type: mfo_api_memory_get\n    config:\n      key: "a\tb"\n'),
    Case(
        "a file that is not ours",
        HEAD + "  - {id: a, type: mfo_api_tool_list}\n",
        [],
        {"compose.yml": "services:\n\tweb: [\n"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_is_said_once(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_is_not_mentioned(case: Case) -> None:
    hints = {"MFO607", "MFO605"}
    assert not [finding for finding in findings_of(case.files) if finding.code not in hints]


def test_merging_two_lists_keeps_their_layout_and_comments() -> None:
    text = (
        "name: flow\ntasks:\n- id: a\n  type: mfo_api_memory_get\n  config: {key: a}\n"
        "tasks:\n    # the second\n    - id: b\n      type: mfo_api_memory_get\n      config:\n"
        "        key: |\n          long\n\n          text\n"
    )
    assert fixed({"workflow.yml": text}, 'Merge into the first "tasks"') == (
        "name: flow\ntasks:\n- id: a\n  type: mfo_api_memory_get\n  config: {key: a}\n"
        "# the second\n- id: b\n  type: mfo_api_memory_get\n  config:\n    key: |\n      long\n\n      text\n"
    )


def test_only_the_removal_of_an_equal_pair_is_safe() -> None:
    same, other = (findings_of({"workflow.yml": HEAD + GET + f"    name: x\n    name: {name}\n"}) for name in "xy")
    assert fix_called(same, 'Remove the second "name"').safe
    assert not fix_called(other, 'Remove the second "name"').safe


def test_an_empty_first_key_gives_way() -> None:
    text = HEAD + GET + "  - id: b\n    type: mfo_api_tool_list\n    dependencies:\n    dependencies: [fetch]\n"
    assert fixed({"workflow.yml": text}, 'Remove the first "dependencies"') == text.replace("    dependencies:\n", "")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "name: flow\ntasks:\n\t- id: a\n\t  type: mfo_api_memory_get\n\t  config:\n\t\tkey: a\n",
            "name: flow\ntasks:\n    - id: a\n      type: mfo_api_memory_get\n      config:\n        key: a\n",
        ),
        (
            "name: flow\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config:\n    \tkey: a\n",
            "name: flow\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config:\n        key: a\n",
        ),
    ],
    ids=["tabs alone", "tabs behind spaces"],
)
def test_a_tab_takes_the_width_with_which_the_file_reads_best(text: str, after: str) -> None:
    files = {"workflow.yml": text}
    fixed_text = fixed(files, "Indent with spaces")
    assert not findings_of({"workflow.yml": fixed_text})
    assert fixed_text.replace(" ", "") == after.replace(" ", "")


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("{{ .x }}", '"{{ .x }}"'),
        ('{{ .x }} "a"', "'{{ .x }} \"a\"'"),
        ('{{ .x }} it\'s "a"', "'{{ .x }} it''s \"a\"'"),
    ],
)
def test_a_template_is_put_into_the_quotes_that_suit_it(written: str, quoted: str) -> None:
    text = HEAD + "  - id: a\n    type: mfo_api_chat_send\n    config:\n      prompt_context: {x: y}\n      prompt: "
    assert fixed({"workflow.yml": f"{text}{written}\n"}, "Put it in quotes") == f"{text}{quoted}\n"


def test_a_doubled_anchor_is_a_warning_and_an_unused_one_a_hint() -> None:
    text = "name: flow\nx-a: &c {key: a}\nx-b: &c {key: b}\nx-d: &d text\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: *c\n"
    doubled, unused = findings_of({"workflow.yml": text})
    assert (doubled.severity, doubled.related[0].message) == (Severity.WARNING, "the first &c")
    assert (unused.severity, unused.tags) == (Severity.HINT, (Tag.UNNECESSARY,))
    assert fixed({"workflow.yml": text}, "Remove the anchor") == text.replace("&d ", "")
