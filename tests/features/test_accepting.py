"""Whatever completion offers may be taken: no error comes of it but where something is still to be typed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mfo_dialect.model.project import read_project
from mfo_dialect.text import Span
from mfo_lsp.features.completion import Item, ItemKind
from tests.effort import IS_LONG
from tests.features import bundles
from tests.features.accepting import CLIENTS, Files, Typed, half_typed, is_shown, new_errors, sample
from tests.marks import CURSOR

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LANGUAGES = {
    "prompts.yml": """\
templates:
  rows:
    engine: jinja2
    variables: {rows: {type: array, items: {type: object, properties: {cell: {type: string}}}}, to: {type: string}}
    system_prompt: "{% if to is defined %}Write to {{ to | upper }}.{% else %}Write.{% endif %}"
    user_prompt: |
      {% for row in rows %}
      {{ loop.index }}: {{ row.cell | default("-") }}
      {% endfor %}
  letter:
    variables: {lines: {type: array, items: {type: object, properties: {text: {type: string}}}}, to: {type: string}}
    user_prompt: |
      {{ with .to }}To {{ . | upper }}{{ end }}
      {{ range $number, $line := .lines }}{{ $number }}: {{ $line.text }}{{ if not .text }}-{{ end }}{{ end }}
    error_handling_templates: {again: "Again: {{ .error }} {{ len .lines }}"}
""",
    "flow.yml": """\
name: letters
input_schema: {type: object, properties: {to: {type: string}, count: {type: integer}, lines: {type: array}}}
tasks:
  - {id: first-one, type: http_request, config: {url: "https://example.org/${INPUT.to}"}}
  - id: write
    type: mfo_api_chat_send
    dependencies: [first-one]
    config: {prompt_template_id: letter, prompt_context: {lines: "${INPUT.lines}", to: INPUT.to}, include_tools: false}
  - id: sum
    type: transform
    dependencies: [write]
    config:
      values:
        n: 'write.message | len() > count ? 1 : $env["first-one"].status'
        all: 'filter(lines, # != "") | map(string(#))'
""",
}


def example(name):
    """The files of one example."""
    paths, settings = sorted((EXAMPLES / name).glob("*.yml")), EXAMPLES / name / "mfo.toml"
    project = read_project(settings.read_text(encoding="utf-8"), settings.name) if settings.exists() else None
    return Files({path.name: path.read_text(encoding="utf-8") for path in paths}, project)


def everything():
    """The bundle that has some of everything."""
    texts = {name: text for name, text in bundles.FILES.items() if name.endswith(".yml")}
    return Files(texts, read_project(bundles.FILES["mfo.toml"], "mfo.toml"))


BUNDLES = {**{name: example(name) for name in ("email", "orders", "report", "support_desk")}, "everything": everything(), "languages": Files(LANGUAGES)}  # fmt: skip
DOCUMENTS = [
    (bundle, name)
    for bundle, files in BUNDLES.items()
    for name in files.texts
    if name not in {"inputs.yml", "scripted.yml", "flow.test.yml"}
]
PLACES, ITEMS = 12, 4


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_documents_are_right_before_anything_is_typed(bundle):
    for name, text in BUNDLES[bundle].texts.items():
        assert [error.message for error in BUNDLES[bundle].errors(name, text)] == []


@pytest.mark.parametrize(("bundle", "name"), DOCUMENTS)
def test_no_item_is_an_error_when_it_is_taken(bundle, name):
    files = BUNDLES[bundle]
    chance = random.Random(name)
    every = list(dict.fromkeys(half_typed(files.texts[name])))
    for typed in every if IS_LONG else sample(every, PLACES, bundle + name):
        for client in CLIENTS.values():
            items = [item for item in files.items(name, typed, client) if is_shown(typed, item)]
            for item in items if IS_LONG or len(items) <= ITEMS else chance.sample(items, ITEMS):
                _, errors = new_errors(files, name, typed, item)
                assert not errors, (typed.how, typed.text[: typed.offset][-80:], item.label, errors[0].message)


CHAIN = """\
name: chain
input_schema: {type: object, properties: {size: {type: integer}}}
tasks:
  - {id: one, type: mfo_api_memory_get, config: {key: a}, dependencies: [<|>]}
  - {id: two, type: mfo_api_memory_get, config: {key: "${<|>}"}, dependencies: [one]}
"""
HARMFUL = [(0, "nobody", "MFO302"), (0, "two", "MFO303"), (1, "INPUT", "MFO408"), (1, "two.value", "MFO403")]


@pytest.mark.parametrize(("gap", "label", "code"), HARMFUL, ids=[row[1] for row in HARMFUL])
def test_a_wrong_name_would_be_noticed(gap, label, code):
    parts = CHAIN.split(CURSOR)
    filler = ["", "INPUT.size"]
    filler[gap] = ""
    text = parts[0] + filler[0] + parts[1] + filler[1] + parts[2]
    offset = len(parts[0] + filler[0] + parts[1]) if gap else len(parts[0])
    item = Item(label, ItemKind.NODE, Span(offset, offset), label)
    _, errors = new_errors(Files({"chain.yml": text}), "chain.yml", Typed(text, text, offset, "word"), item)
    assert [error.code for error in errors] == [code]
