"""Graphs of texts, for tests."""

from __future__ import annotations

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_lsp.features.flow_graph import FlowGraph, flow_graph
from tests.rules.checking import bundle_of

FILE = "flows/review.yml"

REVIEW = """\
name: review
tasks:
  - id: draft
    name: Write a draft
    type: mfo_api_chat_send
    config: {prompt: Write.}
  - id: critique
    type: mfo_api_chat_send
    config: {prompt: Judge.}
    dependencies: [draft]
  - id: publish
    type: mfo_api_resource_create
    config: {resource_type: text}
    dependencies: [polish]
conditions:
  - id: good_enough
    type: expr
    dependencies: [critique]
    config: {expression: 'len(critique.message) > 7'}
    successors: [polish, draft]
subflows:
  - id: polish
    name: The last touch
    tasks:
      - {id: spell, type: mfo_api_tool_execute, config: {tool_id: spell, arguments: {}}}
      - {id: shout, type: transform, config: {values: {loud: '"!"'}}, dependencies: [spell]}
"""

CYCLE = """\
name: circle
tasks:
  - {id: ping, type: mfo_api_tool_list, dependencies: [pong]}
  - {id: pong, type: mfo_api_tool_list, dependencies: [ping]}
"""

SWITCH = """\
name: switch
tasks:
  - {id: a, type: mfo_api_tool_list}
  - {id: b, type: mfo_api_tool_list}
conditions:
  - {id: which, type: expr, config: {expression: '1 + 1'}, successors: [a, b, a]}
"""

EMPTY = "workflow_name: none\ntaskflows: [{taskflow_id: none, tasks: []}]\n"

HOSTILE_NAMES = (
    '<script>alert("x")</script>',
    "]]>--><!--",
    "'\\\" & &amp; #quot; %s {{ }} `end`",
    'n1"]; click n1 "javascript:alert(1)"',
    "\\N\\G\\l\\",
    "a\tb\u202e\u0007\u2028c",
    "\u6f22\u5b57 \U0001f600 e\u0301",
    "x" * 500,
    "",
)


def hostile(name: str) -> str:
    """A flow in which everything that a picture shows has this name."""
    written = "".join(
        f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}" for character in name
    )
    return f"""\
name: "{written}"
tasks:
  - {{id: "{written}", type: "{written}", name: "{written}"}}
conditions:
  - {{id: "c{written}", type: expr, config: {{expression: "{written}"}}, dependencies: ["{written}"], successors: [s]}}
subflows:
  - {{id: s, name: "{written}", tasks: [{{id: "i{written}", type: "{written}"}}]}}
"""


def graph_of(text: str, taskflow: int = 0) -> FlowGraph:
    """The graph of a taskflow in a text, with what the checker finds."""
    return graphs_of(text)[taskflow]


def graphs_of(text: str) -> list[FlowGraph]:
    """The graphs of all taskflows in a text."""
    snapshot = Snapshot(bundle_of({FILE: text}))
    lines = snapshot.bundle.sources[FILE].tree.lines
    findings = check_snapshot(snapshot)
    return [flow_graph(flow, lines, FILE, findings) for flow in snapshot.flows]
