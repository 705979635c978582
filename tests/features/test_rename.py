"""Another name: what is changed, how it is written, and what is refused in which words."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.text import Span, TextEdit, apply_edits
from mfo_lsp.features.rename import Refusal, Renameable, Renaming, prepare_rename, rename
from tests.features.bundles import FILES, inside, snapshot_of
from tests.marks import read_cursor
from tests.rules.checking import bundle_of


def applied(files: dict[str, str], renaming: Renaming) -> dict[str, str]:
    """The files after a rename."""
    documents = {edit.place.document for edit in renaming.edits}
    return files | {
        document: apply_edits(
            files[document],
            [TextEdit(edit.place.span, edit.new_text) for edit in renaming.edits if edit.place.document == document],
        )
        for document in documents
    }


def changed_lines(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [
        f"{document}: {new.strip()}"
        for document in sorted(before)
        for old, new in zip(before[document].split("\n"), after[document].split("\n"), strict=True)
        if old != new
    ]


def renamed(snapshot: Snapshot, files: dict[str, str], document: str, offset: int, name: str) -> list[str]:
    found = rename(snapshot, document, offset, name)
    assert isinstance(found, Renaming), found
    return changed_lines(files, applied(files, found))


RENAMES = [
    ("workflow.yml", "id: a<|>sk", "query", [
        "workflow.yml: - id: query",
        "workflow.yml: outputs: [query.message]",
        "workflow.yml: dependencies: [query]",
        "workflow.yml: n: len(query.message)",
        ('workflow.yml: config: {key: "${query.parsed_content.mood}", '
        'value: "${query.tool_call_results.extract.subject} ${split.n}"}'),
        "workflow.yml: answer: ${query.message}",
    ]),
    ("workflow.yml", "dependencies: [<|>ask]", "my-ask", [
        "workflow.yml: - id: my-ask",
        "workflow.yml: outputs: [my-ask.message]",
        "workflow.yml: dependencies: [my-ask]",
        'workflow.yml: n: len($env["my-ask"].message)',
        ('workflow.yml: config: {key: "${my-ask.parsed_content.mood}", '
        'value: "${my-ask.tool_call_results.extract.subject} ${split.n}"}'),
        "workflow.yml: answer: ${my-ask.message}",
    ]),
    ("workflow.yml", "${group.in<|>ner.value}", "core", [
        'workflow.yml: config: {agent_id: clerk, task: "${core.value} ${group.core.value} ${stamped.number}"}',
        "workflow.yml: - id: core",
    ]),
    ("workflow.yml", "      add<|>ress: TRIGGER", "to", [
        "workflow.yml: to: TRIGGER.payload.text",
        "workflow.yml: input_schema: {type: object, properties: {to: {type: string, description: Who gets it.}}}",
        'workflow.yml: config: {key: "letter ${INPUT.to}"}',
        "workflow.yml: to: $<INPUT.to>",
        'workflow.yml: expression: split.n > limit && to != ""',
        'workflow.yml: input_mapping: {who: "${INPUT.to}"}',
    ]),
    ("workflow.yml", "$<INPUT.add<|>ress>", "post box", [
        "workflow.yml: post box: TRIGGER.payload.text",
        "workflow.yml: input_schema: {type: object, properties: {post box: {type: string, description: Who gets it.}}}",
        "workflow.yml: config: {key: \"letter ${INPUT['post box']}\"}",
        'workflow.yml: to: $<INPUT["post box"]>',
        'workflow.yml: expression: split.n > limit && $env["post box"] != ""',
        "workflow.yml: input_mapping: {who: \"${INPUT['post box']}\"}",
    ]),
    ("workflow.yml", "${INPUT.wh<|>o}", "name", [
        'workflow.yml: input_mapping: {name: "${INPUT.address}"}',
        'workflow.yml: config: {key: "${INPUT.name}"}',
    ]),
    ("workflow.yml", "target_taskflow: wr<|>ite", "reply", [
        "workflow.yml: target_taskflow: reply",
        "workflow.yml: - taskflow_id: reply",
    ]),
    ("workflow.yml", "- id: ma<|>il", "post", ["workflow.yml: - id: post"]),
    ("workflow.yml", "ho<|>ok: {env", "signature", [
        "workflow.yml: signature: {env: HOOK}",
        "workflow.yml: secret_ref: signature",
    ]),
    ("workflow.yml", "            <|>n: len", "length", [
        "workflow.yml: length: len(ask.message)",
        ('workflow.yml: config: {key: "${ask.parsed_content.mood}", '
        'value: "${ask.tool_call_results.extract.subject} ${split.length}"}'),
        'workflow.yml: expression: split.length > limit && address != ""',
    ]),
    ("workflow.yml", "vars: {li<|>mit", "most", [
        'workflow.yml: expression: split.n > most && address != ""',
        "workflow.yml: vars: {most: 10}",
    ]),
    ("workflow.yml", "      ans<|>wer: ${ask", "reply", ["workflow.yml: reply: ${ask.message}"]),
    ("prompts.yml", "  ans<|>wer:", "reply", [
        "agents.yml: prompt_template_id: reply",
        "prompts.yml: reply:",
        "workflow.yml: prompt_template_id: reply",
    ]),
    ("prompts.yml", "  ans<|>wer:", "true", [
        "agents.yml: prompt_template_id: 'true'",
        "prompts.yml: 'true':",
        "workflow.yml: prompt_template_id: 'true'",
    ]),
    ("workflow.yml", "prompt: ag<|>ain", "once more", [
        'prompts.yml: once more: "Once more: {{ .error }}"',
        "workflow.yml: append_to_system_prompt: once more",
    ]),
    ("prompts.yml", "{{ .let<|>ter", "text", [
        'prompts.yml: user_prompt: "Letter {{ .text | upper }} to {{ .to }} from {{ .sign }}"',
        "prompts.yml: variables: [text, to]",
        "workflow.yml: text: fetch.value",
    ]),
    ("prompts.yml", "default_variables: {si<|>gn", "from", [
        'prompts.yml: user_prompt: "Letter {{ .letter | upper }} to {{ .to }} from {{ .from }}"',
        "prompts.yml: default_variables: {from: me}",
    ]),
    ("prompts.yml", "tools: [ext<|>ract]", "take-out", [
        "agents.yml: tools: [take-out]",
        "prompts.yml: tools: [take-out]",
        "prompts.yml: take-out:",
        ('workflow.yml: config: {key: "${ask.parsed_content.mood}", '
        'value: "${ask.tool_call_results.take-out.subject} ${split.n}"}'),
    ]),
    ("workflow.yml", "agent_id: cl<|>erk", "scribe", [
        "agents.yml: scribe:",
        'workflow.yml: config: {agent_id: scribe, task: "${inner.value} ${group.inner.value} ${stamped.number}"}',
    ]),
    ("workflow.yml", "type: st<|>amp\n", "seal", [
        "mfo.toml: [task_types.seal]",
        "workflow.yml: type: seal",
    ]),
    ("prompts.yml", "  fa<|>cts:", "points", ["prompts.yml: points: {type: object}"]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "part", "name", "expected"), RENAMES, ids=[f"{r[1]} {r[2]}" for r in RENAMES])
def test_every_spelling_is_changed_and_nothing_else(document, part, name, expected):
    snapshot, key, offset = inside(document, part)
    assert renamed(snapshot, FILES, key, offset, name) == expected


ONE_FLOW = """\
name: Two nodes  # start is described: start.tools
description: start and second, ${start.tools} in words
tasks:
  - {id: start, type: mfo_api_tool_list, name: start, description: "start: start.tools"}
  - id: second
    type: transform
    dependencies: [start]
    config:
      values:
        a: 'len(start.tools) + len("start")'
        b: start?.tools
        c: let x = start; len(x.tools)
        d: {flow: len(start.tools)}
        e: >-
          start.tools == nil &&
          start.tools != nil
        f: "let second = [1]; map(second, # + len(start.tools))"
"""
AFTER = """\
name: Two nodes  # start is described: start.tools
description: start and second, ${start.tools} in words
tasks:
  - {id: new-one, type: mfo_api_tool_list, name: start, description: "start: start.tools"}
  - id: second
    type: transform
    dependencies: [new-one]
    config:
      values:
        a: 'len($env["new-one"].tools) + len("start")'
        b: $env["new-one"]?.tools
        c: let x = $env["new-one"]; len(x.tools)
        d: {flow: len(start.tools)}
        e: >-
          $env["new-one"].tools == nil &&
          $env["new-one"].tools != nil
        f: "let second = [1]; map(second, # + len($env['new-one'].tools))"
"""


def test_prose_comments_titles_and_texts_of_expressions_stay_and_quotes_fit_the_scalar():
    snapshot = Snapshot(bundle_of({"workflow.yml": ONE_FLOW}))
    found = rename(snapshot, "workflow.yml", ONE_FLOW.index("start, type"), "new-one")
    assert isinstance(found, Renaming)
    assert applied({"workflow.yml": ONE_FLOW}, found)["workflow.yml"] == AFTER


def test_a_plain_scalar_of_a_flow_map_is_quoted_where_the_new_spelling_needs_it():
    text = ONE_FLOW.replace("        d: {flow: len(start.tools)}\n", "").replace(
        "config:\n      values:\n        a: 'len(start.tools) + len(\"start\")'\n", "config: {values: {a: len(start.tools)}}\n"
    )  # fmt: skip
    text = text[: text.index("        b:")]
    found = rename(Snapshot(bundle_of({"workflow.yml": text})), "workflow.yml", text.index("start, type"), "in")
    assert isinstance(found, Renaming)
    after = applied({"workflow.yml": text}, found)["workflow.yml"]
    assert "{values: {a: 'len($env[\"in\"].tools)'}}" in after
    back = rename(Snapshot(bundle_of({"workflow.yml": after})), "workflow.yml", after.index("in, type"), "start")
    assert isinstance(back, Renaming)
    assert applied({"workflow.yml": after}, back)["workflow.yml"] == text


def test_an_output_that_is_looked_up_by_its_name_is_renamed_there_too():
    text = """\
name: own
tasks:
  - {id: split_it, type: transform, config: {values: {n: "1", m: "2"}}}
  - id: last
    type: transform
    dependencies: [split_it]
    config:
      values:
        a: get(split_it, "n") ?? split_it["n"] ?? split_it?.n
        b: get(split_it, 'm')
        c: split_it | get("n")
"""
    files = {"workflow.yml": text}
    assert renamed(Snapshot(bundle_of(files)), files, "workflow.yml", text.index('n: "1'), "my n") == [
        'workflow.yml: - {id: split_it, type: transform, config: {values: {my n: "1", m: "2"}}}',
        'workflow.yml: a: get(split_it, "my n") ?? split_it["my n"] ?? split_it?.["my n"]',
        'workflow.yml: c: split_it | get("my n")',
    ]


def test_a_name_in_the_project_file_is_renamed_from_there():
    snapshot = snapshot_of()
    assert prepare_rename(snapshot, "mfo.toml", FILES["mfo.toml"].index("stamp") + 2) == Renameable(
        Span(12, 17), "stamp"
    )
    assert renamed(snapshot, FILES, "mfo.toml", 14, "seal") == [
        "mfo.toml: [task_types.seal]",
        "workflow.yml: type: seal",
    ]


PROJECT = """\
[task_types]
"stamp" = {module = "post:stamp"}
[task_types.other]
description = "stamp"
[task_types.other.config]
type = "object"
[rules]
stamp = "off"
"""


def test_every_table_of_a_task_type_is_renamed():
    files = {**FILES, "mfo.toml": PROJECT}
    files["workflow.yml"] = FILES["workflow.yml"].replace("type: stamp\n", "type: other\n")
    snapshot = Snapshot(bundle_of(files))
    offset = files["workflow.yml"].index("type: other") + 6
    assert renamed(snapshot, files, "workflow.yml", offset, "more") == [
        "mfo.toml: [task_types.more]",
        "mfo.toml: [task_types.more.config]",
        "workflow.yml: type: more",
    ]


SHARED = """\
workflow_name: two
schemas: {order: {type: object, required: [size], properties: {size: {type: integer}, kind: {type: string}}}}
taskflows:
  - taskflow_id: one
    input_schema: order
    tasks: [{id: same, type: mfo_api_memory_get, config: {key: "${INPUT.size} ${INPUT.kind}"}}]
  - taskflow_id: two
    input_schema: order
    tasks:
      - {id: same, type: mfo_api_memory_get, config: {key: $<INPUT.size>}}
      - {id: last, type: mfo_api_memory_get, dependencies: [same], config: {key: INPUT.kind}}
"""


def test_inputs_of_a_shared_schema_are_renamed_in_all_taskflows_that_use_it():
    files = {"workflow.yml": SHARED}
    offset = SHARED.index("INPUT.size>") + 6
    lines = renamed(Snapshot(bundle_of(files)), files, "workflow.yml", offset, "weight")
    assert len(lines) == 3
    assert all("weight" in line and "size" not in line for line in lines)


def test_nodes_of_another_taskflow_with_the_same_id_stay():
    files = {"workflow.yml": SHARED}
    offset = SHARED.index("[same]") + 1
    assert renamed(Snapshot(bundle_of(files)), files, "workflow.yml", offset, "begin") == [
        "workflow.yml: - {id: begin, type: mfo_api_memory_get, config: {key: $<INPUT.size>}}",
        "workflow.yml: - {id: last, type: mfo_api_memory_get, dependencies: [begin], config: {key: INPUT.kind}}",
    ]


def test_a_variable_of_a_prompt_that_a_task_writes_itself():
    text = """\
name: own
tasks:
  - id: ask
    type: mfo_api_chat_send
    config:
      prompt: "Write to {{ .who }}, about {{ range .all }}{{ .who }}{{ end }}"
      prompt_context: {who: you, all: []}
"""
    files = {"workflow.yml": text}
    assert renamed(Snapshot(bundle_of(files)), files, "workflow.yml", text.index(".who") + 1, "name") == [
        'workflow.yml: prompt: "Write to {{ .name }}, about {{ range .all }}{{ .who }}{{ end }}"',
        "workflow.yml: prompt_context: {name: you, all: []}",
    ]


def test_what_is_read_below_a_variable_is_no_variable():
    text = """\
templates:
  hello:
    user_prompt: "{{ with .user }}{{ .user_name }} {{ .user }}{{ end }}{{ $all := . }}{{ $all.user }} {{ .user.user }}"
    variables: [user]
"""
    files = {"prompts.yml": text}
    assert renamed(Snapshot(bundle_of(files)), files, "prompts.yml", text.index("[user") + 1, "person") == [
        (
            'prompts.yml: user_prompt: "{{ with .person }}{{ .user_name }} {{ .user }}{{ end }}{{ $all := . }}{{ $all.person }} '
            '{{ .person.user }}"'
        ),
        "prompts.yml: variables: [person]",
    ]


def test_a_variable_of_a_jinja_template():
    text = """\
templates:
  hello:
    engine: jinja2
    user_prompt: "{% for item in items %}{{ item }} {{ names.item }}{% endfor %}{{ items | length }} items"
    variables: [items, names]
"""
    files = {"prompts.yml": text}
    assert renamed(Snapshot(bundle_of(files)), files, "prompts.yml", text.index("items %"), "things") == [
        (
            'prompts.yml: user_prompt: "{% for item in things %}{{ item }} {{ names.item }}{% endfor %}'
            '{{ things | length }} items"'
        ),
        "prompts.yml: variables: [things, names]",
    ]


REFUSED = [
    ("id: a<|>sk", "split", '"split" is a function of expressions, which a node of that name would hide.'),
    ("id: a<|>sk", "fetch", 'There is a node "fetch" already, at workflow.yml:20.'),
    ("id: a<|>sk", "inner", 'There is a node "inner" already, at workflow.yml:65.'),
    ("id: a<|>sk", "INPUT", '"INPUT" is reserved: references read it as a root.'),
    ("id: a<|>sk", "my ask", ('"my ask" cannot name a node: such a name has letters of a to z, digits, dashes and '
     "underscores, and starts with a letter or underscore.")),
    ("id: a<|>sk", "", "A name is one to 200 printable characters without white space at its ends."),
    ("id: a<|>sk", "address", 'With the name "address", workflow.yml:42 would mean something else than it does.'),
    ("id: a<|>sk", "limit", None),
    ("vars: {li<|>mit", "split", '"split" is a function of expressions, which a var of that name would hide.'),
    ("vars: {li<|>mit", "address", 'With the name "address", workflow.yml:58 would mean something else than it does.'),
    ("type: st<|>amp\n", "mfo_api_tool_list", '"mfo_api_tool_list" is a built-in task type.'),
    ("type: mfo_api_chat_<|>send", "chat", 'The task type "mfo_api_chat_send" is built in.'),
    ("subject} ${spl<|>it.n", "ask", 'There is a node "ask" already, at workflow.yml:23.'),
    ("results.ext<|>ract.", "auto", '"auto" has a meaning of its own where tools are named.'),
    ("prompt_template_id: ans<|>wer", "${ask.message}", '"${ask.message}" would be read as a reference.'),
]  # fmt: skip


@pytest.mark.parametrize(("part", "name", "words"), REFUSED, ids=[f"{row[0]} {row[1]}" for row in REFUSED])
def test_what_would_collide_is_refused_in_one_sentence(part, name, words):
    snapshot, key, offset = inside("workflow.yml", part)
    found = rename(snapshot, key, offset, name)
    if words is None:
        assert isinstance(found, Renaming)
    else:
        assert found == Refusal(words)


HELD = [
    ("name: x\ntasks:\n  - {id: a<|>, type: mfo_api_tool_list}\n  - {id: a, type: mfo_api_tool_list}\n",
     'There are several nodes "a" (workflow.yml:3, workflow.yml:4): which one is meant cannot be told.'),
    ('name: x\ntasks:\n  - {id: a<|>, type: mfo_api_tool_list}\n  - id: "b\n    type: mfo_api_tool_list\n',
     'workflow.yml:4 cannot be read, so "a" may stand there too: mend it first.'),
    ("name: x\ntasks:\n  - {id: b, type: mfo_api_tool_list, dependencies: [<|>a]}\n",
     'The node "a" is declared nowhere in this bundle.'),
    (("name: x\ntasks:\n  - {id: a<|>, type: mfo_api_tool_list}\n  - id: b\n    type: transform\n    dependencies: [a]\n"
     "    config: {values: {n: 'len(a.tools'}}\n"),
     'The expression at workflow.yml:7 seems to name "a" and cannot be read: mend it first.'),
    (("name: x\ninput_schema: {type: object, properties: {n: {type: string}}}\ntasks:\n"
     "  - {id: a, type: mfo_api_memory_get, config: {key: INPUT.m<|>}}\n"),
     'The input "m" is declared nowhere in this bundle.'),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "words"), HELD, ids=[row[1][:40] for row in HELD])
def test_what_is_doubtful_is_refused_before_a_name_is_asked_for(marked, words):
    text, offset = read_cursor(marked)
    snapshot = Snapshot(bundle_of({"workflow.yml": text}))
    assert prepare_rename(snapshot, "workflow.yml", offset) == Refusal(words)
    assert rename(snapshot, "workflow.yml", offset, "fresh") == Refusal(words)


def test_a_template_that_looks_a_variable_up_by_its_name_keeps_it():
    text = "templates:\n  t: {user_prompt: '{{ index . \"who\" }} {{ .who }}'}\n"
    snapshot = Snapshot(bundle_of({"prompts.yml": text}))
    found = rename(snapshot, "prompts.yml", text.index(".who") + 1, "name")
    assert found == Refusal(
        'The template text at prompts.yml:2 looks "who" up among all variables, which renaming would not change.'
    )


def test_a_text_that_would_become_a_reference_keeps_the_name_away():
    text = "name: x\ntasks:\n  - {id: a, type: mfo_api_tool_list}\n  - {id: b, type: mfo_api_memory_get, config: {key: site.com}}\n"
    snapshot = Snapshot(bundle_of({"workflow.yml": text}))
    found = rename(snapshot, "workflow.yml", text.index("a, type"), "site")
    assert found == Refusal('With the name "site", workflow.yml:4 would mean something else than it does.')


def test_a_schema_that_describes_something_else_too_keeps_its_properties():
    text = """\
workflow_name: two
schemas: {order: {type: object, properties: {size: {type: integer}}}}
triggers:
  - id: web
    type: webhook
    config: {http_path: /x, http_method: POST, secret_ref: s, expected_payload_schema: order}
    target_taskflow: one
    input_mapping: {size: TRIGGER.payload.size}
global_configs: {secrets: {s: {env: S}}}
taskflows:
  - taskflow_id: one
    input_schema: order
    tasks: [{id: same, type: mfo_api_memory_get, config: {key: "${INPUT.size}"}}]
"""
    found = rename(Snapshot(bundle_of({"workflow.yml": text})), "workflow.yml", text.index("INPUT.size") + 6, "weight")
    assert isinstance(found, Refusal)
    assert found.words.startswith('With the name "weight", workflow.yml:8 would be wrong: ')


def test_the_old_name_again_changes_nothing():
    found = rename(*inside("workflow.yml", "id: a<|>sk"), "ask")
    assert found == Renaming("node", "ask", ())


@pytest.mark.parametrize("part", ["http_path: /ma<|>il", "de<|>pendencies: [fetch]", "config: {value: 8<|>0}"])
def test_what_is_no_name_cannot_be_renamed(part):
    snapshot, key, offset = inside("workflow.yml", part)
    assert prepare_rename(snapshot, key, offset) is None
    assert rename(snapshot, key, offset, "other") is None


def test_the_name_alone_is_offered_for_renaming():
    snapshot, key, offset = inside("workflow.yml", "$<INPUT.add<|>ress>")
    found = prepare_rename(snapshot, key, offset)
    assert isinstance(found, Renameable)
    assert FILES[key][found.span.start : found.span.end] == found.name == "address"


def test_a_bundle_that_shares_a_file_is_renamed_too_or_holds_the_name():
    flow = "name: {0}\ntasks: [{{id: ask, type: mfo_api_chat_send, config: {{prompt_template_id: hello{1}}}}}]\n"
    prompts = "templates:\n  hello: {user_prompt: Hello}\n"
    here = {"here.workflow.yml": flow.format("here", ""), "shared_prompts.yml": prompts}
    there = {"there.workflow.yml": flow.format("there", ""), "shared_prompts.yml": prompts}
    snapshots = Snapshot(bundle_of(here)), Snapshot(bundle_of(there))
    offset = prompts.index("hello")
    found = rename(snapshots[0], "shared_prompts.yml", offset, "greeting", snapshots[1:])
    assert isinstance(found, Renaming)
    assert [edit.place.document for edit in found.edits] == [
        "here.workflow.yml",
        "shared_prompts.yml",
        "there.workflow.yml",
    ]
    there["more_prompts.yml"] = "templates:\n  greeting: {user_prompt: Hi}\n"
    found = rename(snapshots[0], "shared_prompts.yml", offset, "greeting", [Snapshot(bundle_of(there))])
    assert found == Refusal('There is a prompt template "greeting" already, at more_prompts.yml:2.')


def test_names_of_the_unsaved_text_count():
    changed = FILES["workflow.yml"].replace("prompt_template_id: answer", "prompt_template_id: other")
    snapshot = snapshot_of(workflow=changed)
    found = rename(snapshot, "prompts.yml", FILES["prompts.yml"].index("answer:"), "reply")
    assert isinstance(found, Renaming)
    assert {edit.place.document for edit in found.edits} == {"agents.yml", "prompts.yml"}
