"""What belongs to a name: its places in a document, those that are typed together, its schema, what it stands for."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_lsp.features.highlight import highlights
from mfo_lsp.features.implementation import implementations
from mfo_lsp.features.linked_editing import linked_places
from mfo_lsp.features.type_definition import type_definitions
from tests.features.bundles import FILES, inside, snapshot_of
from tests.marks import read_cursor
from tests.rules.checking import bundle_of


def line(document, offset, files=FILES):
    return files[document].count("\n", 0, offset) + 1


HIGHLIGHTS = [
    ("workflow.yml", "id: a<|>sk", ["23 write", "26 read", "39 read", "42 read", "48 read", "48 read", "69 read"]),
    ("workflow.yml", "> lim<|>it", ["58 read", "59 write"]),
    ("workflow.yml", "      add<|>ress: TRIGGER", ["15 write", "18 write", "22 read", "31 read", "58 read", "63 read"]),
    ("workflow.yml", "            let<|>ter: fetch", ["30 write"]),
    ("prompts.yml", "{{ .let<|>ter", ["4 read", "5 write"]),
    ("prompts.yml", "  ans<|>wer:", ["2 write"]),
    ("workflow.yml", "http_path: /ma<|>il", []),
]


@pytest.mark.parametrize(("document", "part", "expected"), HIGHLIGHTS, ids=[row[1] for row in HIGHLIGHTS])
def test_the_places_of_a_document_are_told_as_written_or_read(document, part, expected):
    snapshot, key, offset = inside(document, part)
    found = highlights(snapshot, key, offset)
    assert [f"{line(key, one.span.start)} {'write' if one.is_write else 'read'}" for one in found] == expected


LINKED = [
    ("name: x\ntasks:\n  - {id: a<|>bc, type: mfo_api_tool_list, outputs: [abc.tools]}\n", 2),
    ("name: x\ntasks:\n  - {id: abc, type: mfo_api_tool_list, outputs: [a<|>bc.tools]}\n", 2),
    (("name: x\ntasks:\n  - {id: a<|>bc, type: mfo_api_tool_list, outputs: [abc.tools]}\n"
     "  - {id: b, type: mfo_api_tool_list, dependencies: [abc]}\n"), 0),
    ("name: x\ntasks:\n  - {id: a<|>bc, type: mfo_api_tool_list}\n", 0),
    (("name: x\ntasks:\n  - {id: abc, type: mfo_api_tool_list, outputs: [a<|>bc.tools]}\n"
     "  - {id: abc, type: mfo_api_tool_list}\n"), 0),
    (("name: x\ntasks:\n  - {id: a, type: mfo_api_tool_list}\nconditions:\n  - id: c\n    type: expr\n    successors: [a]\n"
     "    config: {expression: low < 1 && low > 0, vars: {lo<|>w: 0}}\n"), 3),
    (("name: x\ninput_schema: {type: object, required: [si<|>ze], properties: {size: {type: integer}}}\n"
     "tasks:\n  - {id: a, type: mfo_api_tool_list}\n"), 2),
    (("name: x\ninput_schema: {type: object, required: [si<|>ze], properties: {size: {type: integer}}}\n"
     "tasks:\n  - {id: a, type: mfo_api_memory_get, config: {key: INPUT.size}}\n"), 0),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "count"), LINKED, ids=[row[0][30:90] for row in LINKED])
def test_names_of_one_block_alone_are_typed_together(marked, count):
    text, offset = read_cursor(marked)
    found = linked_places(Snapshot(bundle_of({"workflow.yml": text})), "workflow.yml", offset)
    assert len(found.spans if found is not None else ()) == count
    if found is not None:
        assert len({text[span.start : span.end] for span in found.spans}) == 1


def test_variables_of_a_template_are_linked_where_no_task_gives_them():
    snapshot, key, offset = inside("prompts.yml", "from {{ .si<|>gn")
    found = linked_places(snapshot, key, offset)
    assert [line(key, span.start) for span in found.spans] == [4, 6]
    assert linked_places(*inside("prompts.yml", "{{ .let<|>ter")) is None


TYPES = [
    ("workflow.yml", "parsed_content.mo<|>od", "prompts.yml", "mood: {type: string, description: The mood.}"),
    ("workflow.yml", "parsed_<|>content.mood", "prompts.yml", "{type: object, properties: {mood: "),
    ("workflow.yml", "results.ext<|>ract.sub", "prompts.yml", "{type: object, properties: {subject: "),
    ("workflow.yml", "$<INPUT.add<|>ress>", "workflow.yml", "address: {type: string, description: Who gets it.}"),
    ("workflow.yml", "$<INP<|>UT.address>", "workflow.yml", "{type: object, properties: {address: "),
    ("workflow.yml", "TRIGGER.pay<|>load.text", "workflow.yml", "{type: object, properties: {text: "),
    ("workflow.yml", "dependencies: [<|>ask]", "prompts.yml", "{type: object, properties: {mood: "),
    ("workflow.yml", "[keep, sta<|>mped,", "mfo.toml", "outputs"),
    ("workflow.yml", "addr<|>ess != ", "workflow.yml", "address: {type: string, description: Who gets it.}"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "part", "where", "begins"), TYPES, ids=[row[1] for row in TYPES])
def test_a_value_leads_to_the_schema_that_describes_it(document, part, where, begins):
    snapshot, key, offset = inside(document, part)
    found = type_definitions(snapshot, key, offset)
    (definition,) = found
    assert definition.name.document == where
    assert FILES[definition.name.document][definition.whole.start :].startswith(begins)
    assert definition.origin.contains(offset)


def test_a_node_without_a_schema_leads_nowhere():
    assert type_definitions(*inside("workflow.yml", "[<|>keep, stamped,")) == ()


def test_a_named_schema_is_found_where_it_is_declared():
    text = "name: x\nschemas: {order: {type: object}}\ninput_schema: order\ntasks:\n  - {id: a, type: mfo_api_memory_get, config: {key: INPUT.n}}\n"
    (found,) = type_definitions(Snapshot(bundle_of({"workflow.yml": text})), "workflow.yml", text.index("INPUT.n") + 1)
    assert text[found.whole.start : found.whole.end] == "order: {type: object}"


class PythonFiles:
    """A directory with one Python file."""

    def __init__(self, path, text):
        self.path, self.source = path, text

    def exists(self, path):
        return path == self.path

    def glob(self, _directory, _pattern):
        return []

    def text(self, path):
        return self.source if path == self.path else None


def follow(document, part, files):
    snapshot, key, offset = inside(document, part)
    return implementations(snapshot, key, offset, files, files.text)


def test_a_custom_task_type_leads_to_its_python_function():
    source = "import os\n\n\nasync def stamp(config):\n    return {}\n"
    (found,) = follow("workflow.yml", "type: st<|>amp\n", PythonFiles("post.py", source))
    assert (found.name.document, found.text) == ("post.py", source)
    assert source[found.name.span.start : found.name.span.end] == "stamp"
    (found,) = follow("workflow.yml", "type: st<|>amp\n", PythonFiles("post/__init__.py", "stamp = 1 +\n"))
    assert (found.name.document, found.name.span.start) == ("post/__init__.py", 0)
    (found,) = follow("workflow.yml", "type: st<|>amp\n", PythonFiles("other.py", source))
    assert (found.name.document, found.text) == ("mfo.toml", None)


STANDS_FOR = [
    ("workflow.yml", "dependencies: [<|>fetch]", "workflow.yml", "id: fetch"),
    ("workflow.yml", "prompt_template_id: <|>answer", "prompts.yml", "answer:"),
    ("workflow.yml", "append_to_system_prompt: <|>again", "prompts.yml", 'again: "Once more'),
    ("workflow.yml", "agent_id: <|>clerk", "agents.yml", "clerk:"),
    ("prompts.yml", "tools: [<|>extract]", "prompts.yml", "extract:"),
    ("workflow.yml", "target_taskflow: wr<|>ite", "workflow.yml", "taskflow_id: write"),
]


@pytest.mark.parametrize(("document", "part", "where", "begins"), STANDS_FOR, ids=[row[1] for row in STANDS_FOR])
def test_a_name_leads_to_all_that_it_stands_for(document, part, where, begins):
    (found,) = follow(document, part, PythonFiles("", ""))
    assert found.name.document == where
    assert FILES[where][found.whole.start :].startswith(begins)
    assert found.whole.end > found.name.span.end


def test_features_of_a_place_without_a_name_say_nothing():
    snapshot, key, offset = inside("workflow.yml", "http_path: /ma<|>il")
    files = PythonFiles("", "")
    assert not highlights(snapshot, key, offset)
    assert linked_places(snapshot, key, offset) is None
    assert not type_definitions(snapshot, key, offset)
    assert not implementations(snapshot, key, offset, files, files.text)
    assert not highlights(snapshot_of(), "elsewhere.yml", 0)
