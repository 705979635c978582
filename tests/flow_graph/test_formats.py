"""What the formats write: structure, escapes, and the same text each time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from mfo_lsp.features.flow_graph import FORMATS, folded
from mfo_lsp.features.flow_graph.dot import quoted, to_dot
from mfo_lsp.features.flow_graph.drawing import draw
from mfo_lsp.features.flow_graph.html_page import to_html
from mfo_lsp.features.flow_graph.json_form import to_json
from mfo_lsp.features.flow_graph.mermaid import escaped, to_mermaid
from mfo_lsp.features.flow_graph.svg import to_svg
from mfo_lsp.features.flow_graph.words import clean, shorten, text_width
from tests.flow_graph.geometry import around
from tests.flow_graph.graphs import CYCLE, EMPTY, HOSTILE_NAMES, REVIEW, SWITCH, graph_of, graphs_of, hostile

SVG = "{http://www.w3.org/2000/svg}"
every_text = pytest.mark.parametrize(
    "text",
    [REVIEW, CYCLE, SWITCH, EMPTY, *map(hostile, HOSTILE_NAMES)],
    ids=["review", "cycle", "switch", "empty", *(f"hostile{number}" for number in range(len(HOSTILE_NAMES)))],
)
every_hostile_name = pytest.mark.parametrize("name", HOSTILE_NAMES)


def elements(text: str, css: str) -> list[ET.Element]:
    root = ET.fromstring(to_svg(graph_of(text)).encode())
    return [element for element in root.iter(f"{SVG}g") if css in element.get("class", "").split()]


def title(element: ET.Element) -> str:
    return element.findtext(f"{SVG}title") or ""


@every_text
@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_text_each_time(format_name, text):
    assert FORMATS[format_name](graph_of(text)) == FORMATS[format_name](graph_of(text))


@every_text
def test_svg_has_every_node_and_edge_once(text):
    graph = graph_of(text)
    assert sorted(element.get("data-key") for element in elements(text, "node")) == sorted(graph.nodes)
    drawn = [(element.get("data-source"), element.get("data-target")) for element in elements(text, "edge")]
    assert sorted(drawn) == sorted((edge.source, edge.target) for edge in graph.edges)


def test_svg_shows_kinds_branches_loops_and_subflows():
    (condition,) = elements(REVIEW, "condition")
    assert condition.find(f"{SVG}polygon") is not None
    (branch,) = elements(REVIEW, "branch")
    (loop,) = elements(REVIEW, "loop")
    assert [element.findtext(f"{SVG}text") for element in (branch, loop)] == ["0 true", "1 false"]
    assert title(loop) == "good_enough to draft: loop, branch 1 false"
    (cycle,) = elements(CYCLE, "cycle")
    assert title(cycle) == "pong to ping: closes a cycle that no condition can leave"
    (subflow,) = elements(REVIEW, "subflow")
    assert [text.text for text in subflow.iter(f"{SVG}text")] == ["polish", "subflow: The last touch"]
    assert ".branch .line { stroke-dasharray" in to_svg(graph_of(REVIEW))


def test_svg_draws_a_folded_subflow_as_one_box():
    closed = to_svg(folded(graph_of(REVIEW), ["polish"]))
    (box,) = [
        element for element in ET.fromstring(closed.encode()).iter(f"{SVG}g") if element.get("data-id") == "polish"
    ]
    assert box.get("class") == "node subflow folded"
    assert [text.text for text in box.iter(f"{SVG}text")] == ["polish", "2 nodes folded: The last touch"]
    assert "spell" not in closed


def test_svg_boxes_a_subflow_around_its_nodes():
    drawn = {node.node.id: around(node.centre, node.width, node.height) for node in draw(graph_of(REVIEW)).nodes}
    outer = drawn["polish"]
    for name in ("spell", "shout"):
        inner = drawn[name]
        assert outer.left < inner.left < inner.right < outer.right
        assert outer.top < inner.top < inner.bottom < outer.bottom


def test_svg_counts_problems_in_a_badge_and_tells_them_in_the_title():
    broken = REVIEW.replace("tool_id: spell, ", "")
    (node,) = [element for element in elements(broken, "error") if element.get("data-id") == "spell"]
    assert [text.text for text in node.iter(f"{SVG}text")] == ["spell", "mfo_api_tool_execute", "1"]
    assert "error MFO202: " in title(node)
    assert node.get("data-place") == "flows/review.yml:25:14"


def test_svg_speaks_to_screen_readers_and_follows_the_colour_scheme():
    root = ET.fromstring(to_svg(graph_of(REVIEW)).encode())
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert root.get("aria-labelledby").split() == list(named)
    assert list(named.values()) == ["review", "5 tasks, 1 condition, 1 subflow, 1 problem"]
    assert "@media (prefers-color-scheme: dark)" in to_svg(graph_of(REVIEW))
    assert title(elements(REVIEW, "node")[1]).splitlines() == [
        "task draft",
        "type mfo_api_chat_send",
        "Write a draft",
        "flows/review.yml:3",
    ]


@every_text
def test_svg_words_fit_into_their_boxes(text):
    for node in draw(graph_of(text)).nodes:
        for words, size, distance in ((node.words.first, 13.0, 15.5), (node.words.second, 11.0, 15.5)):
            share = 1 - distance / (node.height / 2) if node.node.kind.value == "condition" else 1
            assert text_width(words, size) <= node.width * share


@every_hostile_name
def test_svg_escapes(name):
    svg = to_svg(graph_of(hostile(name)))
    root = ET.fromstring(svg.encode())
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "rect", "text", "g", "path", "polygon", "circle",
    }  # fmt: skip
    (node,) = [element for element in elements(hostile(name), "node") if element.get("data-key") == "n1"]
    assert node.get("data-id") == clean(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", '"plain"'),
        ('say "x"', r'"say \"x\""'),
        ("back\\slash", r'"back\\slash"'),
        ('\\"', r'"\\\""'),
        ("two\nlines", r'"two\nlines"'),
        ("\\N \\G \\l", r'"\\N \\G \\l"'),
        ("<b>", '"<b>"'),
    ],
)
def test_dot_quotes(text, expected):
    assert quoted(text) == expected


def test_dot_draws_subflows_as_clusters():
    dot = to_dot(graph_of(REVIEW))
    assert dot.startswith('digraph "review" {\n')
    assert "  subgraph cluster_n5 {" in dot
    assert '  n4 -> n6 [style="dashed" color="#9a6700" fontcolor="#9a6700" label=" 0 true " lhead="cluster_n5"]' in dot
    assert '  n7 -> n3 [ltail="cluster_n5"]' in dot
    assert re.search(r'n4 -> n1 \[style="dotted".*label=" 1 false " constraint="false"\]', dot)
    assert '  n4 [label="good_enough\\nlen(critique.message) > 7" shape="diamond"' in dot
    assert dot.count("{") == dot.count("}")


@every_hostile_name
def test_dot_has_nothing_of_a_name_outside_of_strings(name):
    without_strings = re.sub(r'"(?:[^"\\]|\\.)*"', '""', to_dot(graph_of(hostile(name))))
    assert '""' in without_strings
    words = set(re.findall(r"[A-Za-z]+", without_strings))
    assert set(re.sub(r"[\w\s]", "", without_strings)) <= set('"{}[]=->;')
    assert words <= set(re.findall(r"[A-Za-z]+", to_dot(graph_of(hostile("plain"))))) | {"color"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain_id-2.x", "plain_id-2.x"),
        ('"', "#34;"),
        ("#quot;", "#35;quot#59;"),
        ("<br/>", "#60;br/#62;"),
        ("a & b", "a #38; b"),
        ("[x]{y}|`z`", "#91;x#93;#123;y#125;#124;#96;z#96;"),
        ("\u6f22", "#28450;"),
    ],
)
def test_mermaid_escapes(text, expected):
    assert escaped(text) == expected


def test_mermaid_draws_kinds_branches_and_loops():
    lines = [line.strip() for line in to_mermaid(graph_of(REVIEW)).splitlines()]
    assert lines[:4] == ["---", 'title: "review"', "---", "flowchart TD"]
    assert 'n1("draft<br/>mfo_api_chat_send")' in lines
    assert 'n4{"good_enough<br/>len(critique.message) #62; 7"}' in lines
    assert 'subgraph n5["polish - The last touch"]' in lines
    assert 'n4 -. "0 true" .-> n5' in lines
    assert 'n4 == "1 false" ==> n1' in lines
    assert "linkStyle 2 stroke:#8250df" in lines
    assert 'n2 == "cycle" ==> n1' in to_mermaid(graph_of(CYCLE))


@every_hostile_name
def test_mermaid_has_one_line_for_each_thing_whatever_it_is_called(name):
    allowed = re.compile(
        r"""---|title:\ ".*"|flowchart\ TD|\s*(direction\ TB|end)
        |\s*n\d+(\("[^"]*"\)|\{"[^"]*"\}|\[\["[^"]*"\]\])|\s*subgraph\ n\d+\["[^"]*"\]
        |\s*n\d+\ (-->|-\.\ "[^"]*"\ \.->|==\ "[^"]*"\ ==>)\ n\d+
        |\s*(linkStyle\ [\d,]+|classDef\ \w+)\ stroke[\w:#,-]+|\s*class\ [n\d,]+\ \w+""",
        re.VERBOSE,
    )
    for line in to_mermaid(graph_of(hostile(name))).rstrip("\n").split("\n"):
        assert allowed.fullmatch(line), line


def test_json_is_versioned_and_complete():
    value = json.loads(to_json(graph_of(REVIEW.replace("tool_id: spell, ", ""))))
    assert list(value) == ["version", "taskflow", "nodes", "edges", "groups", "loops", "findings"]
    assert value["version"] == 1
    assert value["taskflow"] == {
        "id": "review",
        "name": "review",
        "file": "flows/review.yml",
        "line": 1,
        "column": 7,
    }
    spell = value["nodes"][5]
    (finding,) = [value["findings"][number] for number in spell.pop("findings")]
    assert spell == {
        "key": "n6",
        "path": "polish/spell",
        "id": "spell",
        "kind": "task",
        "type": "mfo_api_tool_execute",
        "name": "",
        "expression": "",
        "group": "n5",
        "file": "flows/review.yml",
        "line": 25,
        "column": 14,
    }
    assert (finding["code"], finding["severity"], finding["node"], finding["line"]) == ("MFO202", "error", "n6", 25)
    assert value["edges"][2] == {
        "source": "n4",
        "target": "n1",
        "kind": "loop",
        "branches": [1],
        "label": "1 false",
    }
    assert value["groups"] == [{"node": "n5", "nodes": ["n6", "n7"]}]
    assert value["loops"] == [{"head": "n1", "body": ["n1", "n2", "n4"], "conditions": ["n4"]}]


@every_hostile_name
def test_json_keeps_names_as_they_are_written(name):
    assert json.loads(to_json(graph_of(hostile(name))))["nodes"][0]["id"] == name


class _Page(HTMLParser):
    """Elements with their attributes, and the texts of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.cdata_elem:
            self.texts.append(data)


@every_text
def test_html_loads_nothing_and_allows_only_its_own_script_and_style(text):
    html = to_html(graph_of(text))
    page = _Page(html)
    assert not re.search(r"https?:|//[\w-]+\.|\burl\(|@import|\bfetch\(|XMLHttpRequest|WebSocket", html)
    assert html.count("vscode:") == 1
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "a", "form"}
        assert not {"src", "href", "xlink:href", "srcset", "style"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    style, data, script = page.texts
    for name, content in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert directives[name] == f"'sha256-{digest}'"
    assert json.loads(data) == json.loads(to_json(graph_of(text)))
    assert [tag for tag, _ in page.elements].count("script") == 2


@pytest.mark.parametrize(("way", "written"), [("", ""), ("../", "../"), ('"<', '"<'), (None, None)])
def test_html_knows_the_way_to_its_source_and_no_absolute_path(way, written):
    page = _Page(to_html(graph_of(REVIEW), way))
    (stage,) = [attributes for _, attributes in page.elements if attributes.get("id") == "stage"]
    assert stage.get("data-way") == written


def test_html_has_what_is_needed_to_use_it():
    page = _Page(to_html(graph_of(REVIEW)))
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {"search", "found", "in", "out", "fit", "stage", "details", "graph"} <= ids
    script = page.texts[-1]
    for name in set(re.findall(r'getElementById\("(\w+)"\)', script)):
        assert name in ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  plain ", "plain"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("bell\u0007 bidi\u202e zero\u200b", "bell\ufffd bidi\ufffd zero\ufffd"),
        ("\ufffe\U000e0001", "\ufffd\ufffd"),
        ("\u6f22 e\u0301", "\u6f22 e\u0301"),
    ],
)
def test_words_are_made_safe(text, expected):
    assert clean(text) == expected


@pytest.mark.parametrize(("length", "expected"), [(5, "abcde"), (4, "abc\u2026"), (1, "\u2026")])
def test_words_are_shortened(length, expected):
    assert shorten("abcde", length) == expected


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_flow_that_is_being_typed_can_be_drawn_at_any_moment(format_name):
    for end in range(20, len(REVIEW), 23):
        for graph in graphs_of(REVIEW[:end]):
            assert FORMATS[format_name](graph)


def test_subflows_in_subflows_can_be_deep():
    text = (
        "name: deep\ntasks: [{id: z, type: x}]\nsubflows: ["
        + "{id: s, tasks: [{id: t, type: x}], subflows: [" * 15
        + "]}" * 15
        + "]\n"
    )
    graph = graph_of(text)
    assert len(graph.groups) == 16
    for write in FORMATS.values():
        assert write(graph)
