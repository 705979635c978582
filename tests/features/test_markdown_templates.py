"""Prompt templates in Markdown: what an editor is told in them and of them; ``<|>`` is the cursor."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check
from mfo_dialect.editing import LiveBundle
from mfo_dialect.text import TextEdit, apply_edits, edit_between
from mfo_lsp.features.completion import complete
from mfo_lsp.features.definition import definitions
from mfo_lsp.features.hover import hover
from mfo_lsp.features.references import references
from mfo_lsp.features.rename import Refusal, Renaming, rename
from tests.marks import read_cursor
from tests.rules.checking import assert_marks, bundle_of, show

GREETING = """\
---
id: greeting
description: Says hello.
system_prompt: Be {{ .tone }}.
variables: [who, tone]
---

# To {{ .who }}

Be brief.
"""
FLOW = """\
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
      prompt_context: {who: Ann, tone: warm}
"""


def at(marked, flow=FLOW, name="greeting.md"):
    """The bundle, the template's key and the cursor."""
    text, offset = read_cursor(marked)
    return Snapshot(bundle_of({"flow.yml": flow, name: text})), name, offset


def labels(marked):
    return [item.label for item in complete(*at(marked))]


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        (GREETING.replace(".who", ".w<|>ho"), "who"),
        (GREETING.replace("variables", "vari<|>ables"), "The required variables"),
        (GREETING.replace("id: greet", "id: gre<|>et"), "Says hello."),
    ],
)
def test_hover_explains_the_body_and_the_front_matter(marked, words):
    found = hover(*at(marked))
    assert found is not None
    assert words in found.markdown


def test_hover_over_the_name_in_a_task_tells_of_the_template():
    text, offset = read_cursor(FLOW.replace("_id: gre", "_id: gr<|>e"))
    found = hover(Snapshot(bundle_of({"flow.yml": text, "greeting.md": GREETING})), "flow.yml", offset)
    assert found is not None
    assert "Says hello." in found.markdown


def test_definition_leads_from_a_task_to_the_file_and_from_the_body_to_the_variable():
    text, offset = read_cursor(FLOW.replace("_id: gre", "_id: gr<|>e"))
    (found,) = definitions(Snapshot(bundle_of({"flow.yml": text, "greeting.md": GREETING})), "flow.yml", offset)
    assert found.name.document == "greeting.md"
    assert GREETING[slice(*found.name.span)] == "greeting"
    (found,) = definitions(*at(GREETING.replace(".who", ".w<|>ho")))
    assert GREETING[slice(*found.name.span)] == "who"


def test_references_of_a_variable_are_found_in_the_body_and_in_tasks():
    found = references(*at(GREETING.replace("[who", "[w<|>ho")))
    assert {place.document for place in found} == {"flow.yml", "greeting.md"}


def test_a_variable_is_renamed_everywhere():
    found = rename(*at(GREETING.replace(".who", ".w<|>ho")), "whom")
    assert isinstance(found, Renaming)
    texts = {"flow.yml": FLOW, "greeting.md": GREETING}
    for name, text in texts.items():
        own = [TextEdit(edit.place.span, edit.new_text) for edit in found.edits if edit.place.document == name]
        texts[name] = apply_edits(text, own)
    assert texts == {"flow.yml": FLOW.replace("who", "whom"), "greeting.md": GREETING.replace("who", "whom")}


def test_a_template_is_renamed_by_its_id():
    found = rename(*at(GREETING.replace("id: greet", "id: gre<|>et")), "hello_there")
    assert isinstance(found, Renaming)
    assert sorted((edit.place.document, edit.new_text) for edit in found.edits) == [
        ("flow.yml", "hello_there"),
        ("greeting.md", "hello_there"),
    ]


def test_a_template_whose_id_is_its_files_name_is_not_renamed_without_the_file():
    text, offset = read_cursor(FLOW.replace("_id: gre", "_id: gr<|>e"))
    files = {"flow.yml": text, "prompts/greeting.md": GREETING.replace("id: greeting\n", "")}
    refused = rename(Snapshot(bundle_of(files)), "flow.yml", offset, "hello_there")
    assert isinstance(refused, Refusal)
    assert "greeting.md" in refused.words


def test_completion_knows_the_variables_of_the_body_and_the_keys_of_the_front_matter():
    assert {"who", "tone"} <= set(labels(GREETING.replace(".who", ".<|>")))
    offered = labels(GREETING.replace("variables:", "<|>\nvariables:"))
    assert {"name", "tools", "engine"} <= set(offered)
    assert not {"id", "variables", "user_prompt", "template"} & set(offered)
    assert "id" in labels("---\n<|>\n---\nHello.\n")
    assert labels(GREETING.replace("engine", "").replace("id:", "engine: <|>\nid:")) == ["go", "jinja2"]
    assert labels(GREETING.replace("brief", "br<|>ief")) == []


AS_YAML = [
    ("variables: [who]", "Hello {{ .who }}"),
    ("variables: [who]", "Hello {{ .whom }}"),
    ("variables: [who, other]", "Hello {{ .who }}"),
    ("default_variables: {a: 1}", "{{ if .b }}{{ .a }}"),
    ("variables: [who]", "Hello {{ .who | uper }}"),
    ("engine: jinja2\nvariables: [who]", "Hello {{ who }} {% if %}"),
    ("enginee: go", "Hello"),
    ("tools: [nobody]", "Hello\n\nYou"),
]


@pytest.mark.parametrize(("front", "body"), AS_YAML, ids=[f"{front} / {body}" for front, body in AS_YAML])
def test_the_same_is_found_as_in_a_prompts_document(front, body):
    def found(files):
        return sorted((one.code, one.message) for one in check(bundle_of(files)))

    indented = "\n".join(f"      {line}".rstrip() for line in body.split("\n"))
    keys = "\n".join(f"    {line}" for line in front.split("\n"))
    yaml = f"templates:\n  greeting:\n{keys}\n    user_prompt: |-\n{indented}\n"
    markdown = f"---\nid: greeting\n{front}\n---\n\n{body}\n"
    assert found({"flow.yml": FLOW, "greeting.md": markdown}) == found({"flow.yml": FLOW, "prompts.yml": yaml})


def test_findings_stand_where_the_mistake_is():
    marked = GREETING.replace("# To {{ .who }}\n", "To {{ .who | uper }}\n  #          ^^^^ MFO606\n")
    assert_marks({"flow.yml": FLOW, "greeting.md": marked})


BROKEN = [
    ("---\nid: greeting\nbody\n", "not closed"),
    ("---\nid: greeting\nuser_prompt: Hi\n---\nHello\n", "written twice"),
    ("---\n- a\n---\nHello\n", "no map"),
    ("---\nid: greeting\nid: other\n---\nHello\n", "an id already"),
    ("---\nid: [greeting]\n---\nHello\n", "is a text"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN, ids=[row[1] for row in BROKEN])
def test_what_cannot_be_a_template_is_said(text, words):
    found = check(bundle_of({"greeting.md": text}))
    assert any(words in one.message for one in found), [show(one, {"greeting.md": text}) for one in found]


def test_markdown_without_front_matter_is_not_ours():
    files = {"flow.yml": FLOW, "greeting.md": "# To {{ .who\n"}
    assert [one.code for one in check(bundle_of(files))] == ["MFO601"]


def test_while_it_is_typed_the_same_is_known_as_after_a_fresh_look():
    texts = {"flow.yml": FLOW, "greeting.md": GREETING}
    live = LiveBundle(bundle_of(texts))
    steps = ["", "-", "--", "---\n", "---\nid: x\n", *(GREETING[:end] for end in range(0, len(GREETING), 3)), GREETING]
    for text in steps:
        live.edit("greeting.md", [edit_between(live.tree("greeting.md").text, text)])
        assert live.settle()
        fresh = check(bundle_of({**texts, "greeting.md": text}))
        found = [one for key in live.bundle.sources for group in live.groups(key) for one in group]
        assert sorted((one.code, one.at.place.span, one.message) for one in found) == sorted(
            (one.code, one.place.span, one.message) for one in fresh
        )
