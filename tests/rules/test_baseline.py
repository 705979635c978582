"""What a baseline recognises findings by: they stay known while the text around them changes, and new ones are new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.baseline import NEVER_BASELINED, Baseline, Entry, Matched, entry_of, match
from mfo_dialect.checker import check
from mfo_dialect.findings import Finding
from mfo_dialect.rules import RULES
from tests.effort import examples
from tests.marks import fenced_files, read_marks, section
from tests.rules.checking import bundle_of, show

NOTHING = Baseline()


def matched(files: dict[str, str], baseline: Baseline = NOTHING) -> Matched:
    bundle = bundle_of(files)
    known = bundle.sources
    pairs: list[tuple[Finding, Entry | None]] = []
    for finding in check(bundle):
        document = finding.place.document
        pairs.append((finding, entry_of(finding, known[document].tree, document) if document in known else None))
    return match(pairs, baseline)


def taken(files: dict[str, str]) -> Baseline:
    """The baseline of all that is found now."""
    return Baseline(matched(files).present)


def stale(baseline: Baseline, now: Matched) -> dict[Entry, int]:
    return {entry: count for entry, count in baseline.counts.items() if now.present.get(entry, 0) < count}


@dataclass(frozen=True)
class Node:
    """A task in lines: what stands under its id, entry by entry; inner lines are indented by one step more."""

    name: str
    entries: tuple[tuple[str, ...], ...]


NODES = (
    Node(
        "colours",
        (("type: mfo_api_tool_list",), ("colour: red",), ("shade: red",), ("dependencies: [nobody, no_one]",)),
    ),
    Node("lacking", (("type: mfo_api_memory_store",), ("config:", ">key: k", ">tint: pale"))),
    Node(
        "asking",
        (
            ("type: mfo_api_chat_send",),
            ("config:", ">prompt: |", ">>Hello ${INPUTS.name},", ">>and ${INPUTS.name}.", ">modle: small"),
            ("timeout: soon",),
        ),
    ),
    Node("twice", (("type: mfo_api_tool_list",), ("successors: [nobody, nobody]",))),
)
HEALTHY = Node("healthy", (("type: mfo_api_tool_list",), ("priority: low",)))
PLANTED = (
    (("hue: red",), "MFO201", "hue"),
    (("priority: hihg",), "MFO204", "hihg"),
    (("successors: [someone]",), "MFO302", "someone"),
    (("timeout: later",), "MFO204", "later"),
)


@dataclass(frozen=True)
class Layout:
    """How the nodes are written: their order, the order of their entries, indentation, and what stands between."""

    nodes: tuple[Node, ...] = NODES
    step: int = 2
    between: tuple[str, ...] = ()
    healthy: tuple[str, ...] = ()
    name: str = "flow"
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        lines = [f"name: {self.name}", "tasks:"]
        for index, node in enumerate(self.nodes):
            lines += self.between[index : index + 1]
            lines += self._written(node)
        for name in self.healthy:
            lines += self._written(Node(name, HEALTHY.entries))
        return {"workflow.yml": "\n".join(lines) + "\n", **self.beside}

    def _written(self, node: Node) -> list[str]:
        pad = " " * self.step
        lines = [f"{pad}- id: {node.name}"]
        for entry in node.entries:
            lines += [f"{pad}  {pad * (len(line) - len(line.lstrip('>')))}{line.lstrip('>')}" for line in entry]
        return lines


def reordered(node: Node) -> st.SearchStrategy[Node]:
    return st.permutations(node.entries).map(lambda entries: Node(node.name, tuple(entries)))


names = st.from_regex(r"\A[a-z]{4,8}_[0-9]{1,3}\Z")
layouts = st.builds(
    Layout,
    st.tuples(*map(reordered, NODES)).flatmap(lambda nodes: st.permutations(nodes).map(tuple)),
    st.integers(1, 6),
    st.lists(st.sampled_from(["", "# a comment", "   ", "\n\n# more\n"]), max_size=4).map(tuple),
    st.lists(names, max_size=3, unique=True).map(tuple),
    names,
)


@settings(max_examples=examples(60), deadline=None)
@given(layouts)
def test_the_known_stay_known_wherever_they_move(layout: Layout) -> None:
    baseline = taken(Layout().files)
    assert sum(baseline.counts.values()) == 12
    now = matched(layout.files, baseline)
    assert now.new == (), [show(finding, layout.files) for finding in now.new]
    assert stale(baseline, now) == {}
    assert matched(Layout().files, taken(layout.files)).new == ()


@settings(max_examples=examples(60), deadline=None)
@given(layouts, st.integers(0, len(NODES) - 1), st.sampled_from(PLANTED))
def test_what_is_new_is_reported_and_nothing_else(
    layout: Layout, place: int, planted: tuple[tuple[str, ...], str, str]
) -> None:
    entry, code, underlined = planted
    key = entry[0].partition(":")[0]
    node = layout.nodes[place]
    kept = tuple(known for known in node.entries if not known[0].startswith(f"{key}:"))
    nodes = (*layout.nodes[:place], Node(node.name, (*kept, entry)), *layout.nodes[place + 1 :])
    changed = Layout(nodes, layout.step, layout.between, layout.healthy, layout.name)
    files = changed.files
    now = matched(files, taken(Layout().files))
    assert [(found.code, files["workflow.yml"][slice(*found.place.span)]) for found in now.new] == [(code, underlined)]


def test_of_identical_ones_as_many_are_known_as_there_were() -> None:
    files = {"workflow.yml": "name: f\ntasks:\n  - {id: a, type: mfo_api_tool_list, successors: [x_y, x_y]}\n"}
    more = {"workflow.yml": files["workflow.yml"].replace("[x_y, x_y]", "[x_y, x_y, x_y]")}
    (third,) = matched(more, taken(files)).new
    assert third.place.span.start == more["workflow.yml"].rindex("x_y")
    fewer = matched(files, taken(more))
    assert fewer.new == ()
    assert list(stale(taken(more), fewer).values()) == [3]


def test_the_same_words_under_another_key_are_new() -> None:
    text = "name: f\ntasks:\n  - {id: a, type: mfo_api_tool_list, dependencies: [nobody]}\n"
    moved = {"workflow.yml": text.replace("dependencies", "successors")}
    baseline = taken({"workflow.yml": text})
    now = matched(moved, baseline)
    assert [finding.code for finding in now.new] == ["MFO302"]
    assert len(stale(baseline, now)) == 1


def test_one_more_missing_key_is_new() -> None:
    text = (
        "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_store\n    config:\n      namespace: n\n      value: v\n"
    )
    baseline = taken({"workflow.yml": text})
    moved = text.replace("      namespace: n\n      value: v\n", "      value: v\n      namespace: n\n")
    assert matched({"workflow.yml": moved}, baseline).new == ()
    (lacking,) = matched({"workflow.yml": text.replace("      value: v\n", "")}, baseline).new
    assert lacking.code == "MFO202"


def test_a_changed_id_is_a_new_node_and_a_changed_neighbour_is_not() -> None:
    text = "name: f\ntasks:\n  - {id: a, type: mfo_api_tool_list, colour: 1}\n  - {id: b, type: mfo_api_tool_list}\n"
    baseline = taken({"workflow.yml": text})
    assert matched({"workflow.yml": text.replace("id: b", "id: c")}, baseline).new == ()
    assert len(matched({"workflow.yml": text.replace("id: a", "id: c")}, baseline).new) == 1


NODES_OF = [
    ("workflow.yml", "name: f\nconfig: {timeout: red}\ntasks: [{id: a, type: mfo_api_tool_list}]\n", ""),
    ("workflow.yml", "name: f\ntasks:\n  - {id: a, type: mfo_api_tool_list, colour: red}\n", "task a"),
    ("workflow.yml", "name: f\nconditions:\n  - {id: a, type: expr, config: {colour: red}}\n", "condition a"),
    ("workflow.yml", "workflow_name: f\ntaskflows:\n  - {taskflow_id: a, colour: red}\n", "taskflow a"),
    ("workflow.yml", "workflow_name: f\ntaskflows:\n  - {id: a, tasks: [{id: b, colour: red}]}\n", "task b"),
    ("workflow.yml", "name: f\nsubflows:\n  - {id: a, tasks: [{id: b, colour: red}]}\n", "task b"),
    ("workflow.yml", "name: f\nsubflows:\n  - {id: a, colour: red}\n", "subflow a"),
    ("workflow.yml", "workflow_name: f\ntaskflows: []\ntriggers:\n  - {id: a, colour: red}\n", "trigger a"),
    ("prompts.yml", "templates:\n  a:\n    user_prompt: x\n    colour: red\n", "template a"),
    ("prompts.yml", "templates: {}\ntools:\n  a:\n    parameters: {type: red}\n", "tool a"),
    ("agents.yml", "agents:\n  a:\n    prompt_template_id: p\n    colour: red\n", "agent a"),
    ("agents.yml", "agents:\n  - id: a\n    colour: red\n", "agent a"),
]


@pytest.mark.parametrize(("name", "text", "node"), NODES_OF, ids=range(len(NODES_OF)))
def test_the_nearest_thing_with_an_id(name: str, text: str, node: str) -> None:
    files = {name: text}
    coloured = [found for found in matched(files).new if text[slice(*found.place.span)] in {"colour", "red"}]
    tree = bundle_of(files).sources[name].tree
    assert {entry.node for found in coloured if (entry := entry_of(found, tree, name))} == {node}


def test_what_hides_other_findings_is_never_known() -> None:
    broken = {"workflow.yml": 'name: "f\n# mfo: ignore[]\ntasks: []\n', "mfo.toml": "colour = 1\n"}
    found = matched(broken)
    assert {"MFO101", "MFO902"} <= {finding.code for finding in matched(broken, Baseline(found.present)).new}
    assert not {entry.rule for entry in found.present} & NEVER_BASELINED


def test_a_secret_is_not_in_the_hash() -> None:
    text = "name: f\ntasks:\n  - {id: a, type: http_request, config: {url: 'https://a.example', headers: {X-Api-Key: %s}}}\n"
    first, second = ({"workflow.yml": text % secret} for secret in ("q8Zr2vT0xWm4Kd7LbNs1", "Zx81LmQp09TrWv45Yc2B"))
    assert [entry.rule for entry in matched(first).present] == ["MFO801"]
    assert matched(first).present == matched(second).present


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_finding_of_every_page_can_be_known_and_stays_so_below_a_comment(rule) -> None:
    files = {name: read_marks(text)[0] for name, text in fenced_files(section(rule.page, "Bad")).items()}
    baseline = taken(files)
    assert {finding.code for finding in matched(files, baseline).new} <= NEVER_BASELINED
    lower = {name: text if name == "mfo.toml" else f"# moved\n\n{text}" for name, text in files.items()}
    assert {finding.code for finding in matched(lower, baseline).new} <= NEVER_BASELINED
