"""What nobody has a word to say of is passed over, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.layouts import is_notable
from mfo_dialect.analysis.light_walk import Remarkable
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.values import EitherType, Key, ListType, MapType, ValueType
from mfo_dialect.catalogue.workflow_keys import FLOW_FILE, WORKFLOW_FILE
from mfo_dialect.rules import RULES
from tests.effort import examples
from tests.rules.checking import bundle_of

FLOW = """\
name: odd
tasks:
  - id: first
    type: mfo_api_tool_execute
    config:
      tool_id: lookup
      arguments: {deep: true, words: [one, "on"], inner: {count: 1}}
    dependencies: []
    timeout: 30s
  - id: second
    type: transform
    name: Second
    config:
      values: {a: 1, b: "${first.result}"}
    dependencies: [first]
  - id: third
    type: condition
    expression: first.result > 1
    successors: [second, fourth]
  - id: fourth
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context: {subject: "${second.a}"}
outputs: {last: "${second.a}"}
"""
ODD = [
    "on",
    "012",
    "!!str 5",
    "",
    "null",
    "{on: [1, {a: 012}]}",
    "[012, 'x']",
    '"',
    "*gone",
    "&a b",
    "{<<: {id: a}}",
    "- x",
]


def declared_below(
    declared: ValueType, key: Key | None, seen: set[tuple[int, int]]
) -> Iterator[tuple[ValueType, Key | None]]:
    """All that is declared at and below a place, with the keys."""
    if (id(declared), id(key)) in seen:
        return
    seen.add((id(declared), id(key)))
    yield declared, key
    inner: list[tuple[ValueType, Key | None]] = []
    match declared:
        case MapType(keys=keys, others=others, variants=variants, otherwise=otherwise):
            inner += [(one.type, one) for group in (keys, otherwise, *variants.values()) for one in group]
            inner += [(others, None)] if others is not None else []
        case ListType(item=item):
            inner.append((item, None))
        case EitherType(options=options):
            inner += [(option, key) for option in options]
        case _:
            pass
    for one, its_key in inner:
        yield from declared_below(one, its_key, seen)


def test_every_declaration_that_concerns_a_rule_is_notable() -> None:
    roots = (FLOW_FILE, WORKFLOW_FILE, PROMPTS_FILE, AGENTS_FILE, CONFIG_FILE)
    seen: set[tuple[int, int]] = set()
    declarations = [one for root in roots for one in declared_below(root, None, seen)]
    concerns = [(rule, one.concerns) for rule in RULES for one in rule.selectors if one.concerns is not None]
    concerned = [(rule, one) for rule, concern in concerns for one in declarations if concern(*one)]
    assert {rule.name for rule, _ in concerned} == {rule.name for rule, _ in concerns}
    assert [(rule.name, one) for rule, one in concerned if not is_notable(*one)] == []


def told(visits: list[Visit]) -> list[tuple[int, int, int, int, int]]:
    return [(id(one.node), id(one.type), id(one.key), id(one.pair), id(one.container)) for one in visits]


@st.composite
def odd_flows(draw: st.DrawFn) -> str:
    lines = [str(line) for line in FLOW.split("\n")]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        odd = lines[at].partition(":")[0] + ": " + draw(st.sampled_from(ODD))
        lines[at : at + 1] = draw(st.sampled_from([[], [lines[at]] * 2, [odd], [lines[at], odd], [f" {lines[at]}"]]))
    return "\n".join(lines)


@settings(max_examples=examples(100), deadline=None)
@given(odd_flows())
def test_the_light_walk_finds_what_is_remarkable_among_all_values(text: str) -> None:
    snapshot = Snapshot(bundle_of({"workflow.yml": text}))
    for part in snapshot.parts:
        expected = Remarkable(snapshot.visits_of(part))
        assert told(snapshot.doubtful_visits_of(part)) == told(expected.doubtful)
        assert told([*snapshot.notable_visits_of(part)]) == told(expected.notable)
