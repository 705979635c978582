"""The snippets of the VS Code extension: what stands there before anybody has typed is right."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mfo_dialect.checker import check
from mfo_dialect.findings import Severity
from tests.rules.checking import bundle_of

SNIPPETS = Path(__file__).resolve().parents[2] / "vscode-extension" / "snippets"
FLOW = """\
name: around
tasks:
  - {id: when_true, type: mfo_api_tool_list}
  - {id: when_false, type: mfo_api_tool_list}
"""
LISTS = {"chat": "tasks", "transform": "tasks", "condition": "conditions", "subflow": "subflows"}
_PART = re.compile(r"\\(.)|\$\{\d+:|\}|(.)", re.DOTALL)


def snippets(name: str) -> dict[str, str]:
    read = json.loads((SNIPPETS / name).read_text(encoding="utf-8"))
    return {one["prefix"]: expanded("\n".join(one["body"])) for one in read.values()}


def expanded(body: str) -> str:
    """A snippet as it stands there before anybody has typed: its placeholders say their words."""
    text, depth = "", 0
    for match in _PART.finditer(body):
        if match[0].startswith("${"):
            depth += 1
        elif match[0] == "}" and depth:
            depth -= 1
        else:
            text += match[1] or match[0]
    return text + "\n"


def errors(text: str) -> list[str]:
    return [finding.message for finding in check(bundle_of({"flow.yml": text})) if finding.severity is Severity.ERROR]


def indented(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize("prefix", snippets("documents.json"))
def test_a_document_is_right(prefix):
    assert errors(snippets("documents.json")[prefix]) == []


@pytest.mark.parametrize("prefix", snippets("mfo.json"))
def test_a_part_of_a_flow_is_right(prefix):
    part = snippets("mfo.json")[prefix]
    if prefix == "retry":
        text = f"name: around\ntasks:\n  - id: a\n    type: mfo_api_tool_list\n{indented(part, 4)}"
    elif LISTS[prefix] == "tasks":
        text = FLOW + indented(part, 2)
    else:
        text = f"{FLOW}{LISTS[prefix]}:\n{indented(part, 2)}"
    assert errors(text) == []


def test_placeholders_are_expanded():
    assert expanded("a: ${1:b}\nc: \\${${2:d}.e}\nf: ${3:{{ .g \\}\\}}") == "a: b\nc: ${d.e}\nf: {{ .g }}\n"
