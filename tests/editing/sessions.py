"""Editing a bundle at random, and comparing it with a fresh check of its texts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from mfo_dialect.analysis.bundle import Source, make_bundle, source_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.editing import LiveBundle, unread_source
from mfo_dialect.findings import Finding
from mfo_dialect.syntax import Engine, LiveTree
from mfo_dialect.syntax.parser import read
from mfo_dialect.text import Span, TextEdit
from tests.mutations.bundles import examples as example_bundles
from tests.syntax.edits import an_edit, edited

Files = dict[str, str]

FLOW = """\
name: flow
description: "A flow of many kinds of nodes"
config:
  timeout: 30m
input_schema:
  type: object
  properties:
    subject: {type: string}
    count: {type: integer}
outputs:
  answer: write.message
  total: ${sum.total}
tasks:
  - id: fetch
    type: http_request
    config:
      url: https://example.com/items
      method: GET
    timeout: 30s
  - id: write
    name: "Write it"
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context:
        subject: ${INPUT.subject}
        previous: ${fetch.body}
    dependencies: [fetch]
    error_handling:
      on_error:
        - type: retry_with_prompt
          append_to_system_prompt: mend
          max_retries: 2
  - id: sum
    type: transform
    config:
      values:
        total: INPUT.count + 1
        words: len(write.message)
    dependencies: [write]
  - id: keep
    type: mfo_api_memory_set
    config:
      key: kept
      value: "$<sum.total>"
    dependencies: [check]
  - id: other
    type: mfo_api_tool_execute
    config:
      tool_id: search
      arguments:
        query: write.message
    dependencies: [check, fetch]
  - id: last
    type: mfo_api_memory_get
    config:
      key: kept
    dependencies: [keep, other]
conditions:
  - id: check
    config:
      expression: sum.total > limit && fetch.status == 200
      vars:
        limit: 3
    dependencies: [sum]
    successors: [keep, other]
subflows:
  - id: inside
    dependencies: [last]
    input_mapping:
      text: last.value
    tasks:
      - id: inner_a
        type: mfo_api_memory_get
        config:
          key: "${INPUT.text}"
      - id: inner_b
        type: mfo_api_memory_get
        config:
          key: "${inner_a.value}"
        dependencies: [inner_a]
"""
WORKFLOW = """\
workflow_name: Two flows
global_configs:
  secrets:
    hook: {env: HOOK}
  env: [HOME]
triggers:
  - id: called
    type: webhook
    target_taskflow: first
    config:
      http_path: /called
      secret_ref: hook
    input_mapping:
      subject: TRIGGER.payload.subject
  - id: nightly
    type: schedule
    target_taskflow: second
    config:
      cron_expression: "0 3 * * *"
taskflows:
  - taskflow_id: first
    input_schema:
      type: object
      properties:
        subject: {type: string}
    tasks:
      - id: ask
        type: mfo_api_chat_send
        config:
          agent_id: helper
          prompt: ${INPUT.subject}
      - id: store
        type: mfo_api_memory_set
        config:
          key: ${SECRET.hook}
          value: ask.message
        dependencies: [ask]
  - taskflow_id: second
    tasks:
      - id: alone
        type: mfo_api_memory_get
        config:
          key: ${ENV.HOME}
"""
PROMPTS = """\
templates:
  draft:
    provider_id: openai
    system_prompt: You write drafts.
    user_prompt: |
      Write on {{ .subject }}.
      {{ if .previous }}Before: {{ .previous }}{{ end }}
    default_variables:
      previous: ""
    tools: [search]
    error_handling_templates:
      mend: |
        It was wrong: {{ .error }}
  spare:
    provider_id: openai
    system_prompt: Nobody uses it.
    variables:
      one: {type: string}
    user_prompt: "Say {{ .one }}"
tools:
  search:
    description: Looks for something.
    parameters:
      type: object
      properties:
        query: {type: string}
"""
AGENTS = """\
agents:
  - id: helper
    name: Helper
    prompt_template_id: spare
    objectives: [Help]
    tools: [search]
    max_iterations: 5
  - id: second
    name: Second
    objectives: [Help the helper]
    capabilities: ["delegate:helper"]
"""
OWN: Files = {
    "flow_workflow.yml": FLOW,
    "other_workflow.yml": WORKFLOW,
    "prompts.yml": PROMPTS,
    "agents.yml": AGENTS,
}
SNIPPETS = [
    "  - id: more\n    type: mfo_api_memory_get\n    config:\n      key: more\n    dependencies: [last]\n",
    "  - id: fetch\n    type: transform\n    config:\n      values:\n        a: write.message\n",
    "  - id: loop\n    config:\n      expression: sum.total > 2\n    dependencies: [write]\n    successors: [fetch, last]\n",
    "conditions:\n  - id: again\n    config: {expression: 'true'}\n    successors: [fetch]\n",
    "    # mfo: ignore[MFO401, MFO403] a reason\n",
    "  # mfo: ignore[MFO304]\n",
    "# mfo: ignore-file[MFO309]\n",
    "    text: &anchor here\n",
    "    text: *anchor\n",
    "    <<: *anchor\n",
    "    depends_on: [fetch]\n",
    "    dependencies: [write, write]\n",
    "    successors: [last]\n",
    "    timeout: soon\n",
    "    unknown: x\n",
    "    key: no\n",
    "    key\u200b: x\n",
    "      token: sk-ant-abcdefghijklmnopqrstuvwxyz0123456789\n",
    "tasks: []\n",
    "taskflows:\n  - id: x\n",
    "templates:\n  draft:\n    user_prompt: again\n",
    "outputs:\n  x: nobody.knows\n",
    "---\n",
    "\t",
    "\r\n",
    "\n",
    "\n\n",
    "é",
]
WORD = re.compile(r"[A-Za-z_][\w.]*")


def any_edit(source: random.Random, text: str) -> TextEdit:
    """An edit as an author makes it, or worse."""
    kind = source.random()
    if kind < 0.25:
        return an_edit(source, text)
    if kind < 0.5:
        return _of_a_word(source, text)
    if kind < 0.75:
        return _of_lines(source, text)
    place = source.choice([0, len(text), *_line_starts(text)])
    return TextEdit(Span(place, place), source.choice(SNIPPETS))


def _of_a_word(source: random.Random, text: str) -> TextEdit:
    words = list(WORD.finditer(text))
    if not words:
        return an_edit(source, text)
    word = source.choice(words)
    match source.randrange(4):
        case 0:
            return TextEdit(Span(*word.span()), source.choice(words)[0])
        case 1:
            place = source.randint(*word.span())
            return TextEdit(Span(place, place), source.choice("xsz_1. "))
        case 2:
            place = source.randrange(*word.span())
            return TextEdit(Span(place, place + 1), "")
        case _:
            return TextEdit(Span(*word.span()), "")


def _of_lines(source: random.Random, text: str) -> TextEdit:
    starts = [*_line_starts(text), len(text)]
    first = source.randrange(len(starts))
    last = min(first + source.choice([1, 1, 2, 4, 9]), len(starts) - 1)
    start, end = starts[first], starts[last]
    if source.random() < 0.5:
        return TextEdit(Span(start, end), "")
    place = source.choice(starts)
    return TextEdit(Span(place, place), text[start:end])


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


class Session:
    """A bundle that is edited, with the texts as they should be."""

    def __init__(self, source: random.Random, engine: Engine, files: Files, block_lines: int) -> None:
        self.source = source
        self._read: Callable[[str], LiveTree] = lambda text: LiveTree(text, engine, block_lines)
        self._fresh = lambda key, text, previous: source_of(key, read(text, engine, block_lines), previous)
        self.texts = dict(files)
        self.sources: dict[str, Source] = {key: self._fresh(key, text, None) for key, text in files.items()}
        begun = (
            unread_source(key, text, self._read) if source.random() < 0.5 else self._fresh(key, text, None)
            for key, text in files.items()
        )
        edited = dict.fromkeys(key for key in files if source.random() < 0.8)
        self.live = LiveBundle(make_bundle(begun), read=self._read, edited=edited)
        self._undo: list[tuple[str, TextEdit]] = []

    def step(self) -> None:
        """Edit one of the texts, or undo what was done."""
        if self._undo and self.source.random() < 0.4:
            key, edit = self._undo.pop()
        else:
            key = self.source.choice(list(self.texts))
            edit = any_edit(self.source, self.texts[key])
            end = edit.span.start + len(edit.new_text)
            self._undo.append(
                (key, TextEdit(Span(edit.span.start, end), self.texts[key][edit.span.start : edit.span.end]))
            )
            del self._undo[:-4]
        self.edit(key, edit)

    def edit(self, key: str, edit: TextEdit) -> None:
        """Edit one of the texts."""
        self.texts[key] = edited(self.texts[key], edit)
        self.sources[key] = self._fresh(key, self.texts[key], self.sources[key].kind)
        self.live.edit(key, [edit])

    def _a_little(self) -> Callable[[], bool]:
        left = self.source.randint(0, 12)

        def has_time() -> bool:
            nonlocal left
            left -= 1
            return left >= 0

        return has_time

    def settle_a_little(self) -> None:
        """Check a part of what is to be checked."""
        self.live.settle(self._a_little())

    def look(self) -> None:
        """Look at the bundle before the first edit: at a part of it, or at all of it, and then settle or not."""
        kind = self.source.random()
        if kind < 0.2:
            self.live.look(self._a_little())
        elif kind < 0.5:
            assert self.live.look()
            assert self.live.work.parts == 0
            self._compare_findings(fixes=self.source.random() < 0.3)
            if self.source.random() < 0.3:
                self.compare_meaning()
            if self.source.random() < 0.5:
                self.settle_a_little()

    def fresh(self) -> Snapshot:
        """What a fresh reading of the texts gives."""
        return Snapshot(make_bundle(self.sources.values()))

    def compare(self, *, fixes: bool) -> None:
        """Hold that all findings are those of a fresh check of the texts."""
        assert self.live.settle()
        self._compare_findings(fixes=fixes)

    def _compare_findings(self, *, fixes: bool) -> None:
        wanted = check_snapshot(self.fresh())
        for key in self.texts:
            here = [one for one in wanted if one.place.document == key]
            found = [one.finding() for one in self.live.findings(key)]
            assert _shown(found) == _shown([replace(one, fixes=()) for one in here])
            if fixes:
                assert _shown(list(self.live.full(key))) == _shown(here)

    def compare_meaning(self) -> None:
        """Hold that taskflows, nodes, edges, declared values and references are those of a fresh reading."""
        with self.live.asking():
            found = _meaning(self.live.snapshot)
        assert found == _meaning(self.fresh())


def _meaning(snapshot: Snapshot) -> list[object]:
    flows: list[object] = [
        (flow.document, flow.taskflow.name, flow.damaged, flow.doubled, flow.has_cycle, tuple(flow.by_id))
        for flow in snapshot.flows
    ]
    nodes: list[object] = [
        (
            view.id if view.node.id is not None else None,
            view.index,
            view.kind,
            view.type_name,
            view.node.mapping.span,
            [other.index for other in view.level.wiring.predecessors(view)],
            [other.index for other in view.level.wiring.successors(view)],
            [other.index for other in view.level.waiting_for_more],
            view.level.leads_to_more,
        )
        for view in snapshot.nodes
    ]
    values = [sorted((one.document, one.node.span) for one in snapshot.visits_of(part)) for part in snapshot.parts]
    uses = [
        (
            use.document,
            use.span,
            use.reference.root,
            snapshot.resolution(use).outcome if use.reference.segments else None,
        )
        for use in snapshot.uses
    ]
    return [flows, nodes, values, sorted(uses, key=repr)]


def _shown(findings: list[Finding]) -> list[str]:
    return sorted(map(repr, findings))


def session(seed: int, engine: Engine, steps: int) -> Session:
    """Edit a bundle at random; after each step, or after a few, all must be as if it were checked anew."""
    source = random.Random(seed)
    files = source.choice([OWN, OWN, OWN, *example_bundles().values()])
    if source.random() < 0.15:
        files = {key: text.replace("\n", "\r\n") for key, text in files.items()}
    edited_bundle = Session(source, engine, files, source.choice([1, 3, 8, 20, 48]))
    edited_bundle.look()
    for _ in range(steps):
        edited_bundle.step()
        if source.random() < 0.3:
            edited_bundle.settle_a_little()
        else:
            edited_bundle.compare(fixes=source.random() < 0.2)
        if source.random() < 0.3:
            edited_bundle.compare_meaning()
    edited_bundle.compare(fixes=True)
    return edited_bundle
