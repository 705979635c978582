"""The bundle that the tables of features speak of, and marked documents inside it."""

from __future__ import annotations

from mfo_dialect.analysis.snapshot import Snapshot
from tests.marks import read_cursor
from tests.rules.checking import bundle_of

PROMPTS = """\
templates:
  answer:
    name: An answer
    user_prompt: "Letter {{ .letter | upper }} to {{ .to }} from {{ .sign }}"
    variables: [letter, to]
    default_variables: {sign: me}
    tools: [extract]
    output_schema: {type: object, properties: {mood: {type: string, description: The mood.}}}
    error_handling_templates:
      again: "Once more: {{ .error }}"
tools:
  extract:
    description: Takes facts out.
    parameters: {type: object, properties: {subject: {type: string}}}
extraction_schemas:
  facts: {type: object}
"""
AGENTS = """\
agents:
  clerk:
    description: Answers letters.
    objectives: [Answer.]
    capabilities: [writing]
    prompt_template_id: answer
    tools: [extract]
"""
PROJECT = """\
[task_types.stamp]
description = "Puts a stamp on a letter."
module = "post:stamp"
config = {type = "object", required = ["value"], properties = {value = {type = "integer", description = "In cents."}}}
outputs = {type = "object", properties = {number = {type = "string"}}}
"""
WORKFLOW = """\
workflow_name: post
global_configs:
  secrets:
    hook: {env: HOOK}
  env: [HOME]
triggers:
  - id: mail
    type: webhook
    config:
      http_path: /mail
      secret_ref: hook
      expected_payload_schema: {type: object, properties: {text: {type: string}}}
    target_taskflow: write
    input_mapping:
      address: TRIGGER.payload.text
taskflows:
  - taskflow_id: write
    input_schema: {type: object, properties: {address: {type: string, description: Who gets it.}}}
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: "letter ${INPUT.address}"}
      - id: ask
        type: mfo_api_chat_send
        dependencies: [fetch]
        outputs: [ask.message]
        config:
          prompt_template_id: answer
          prompt_context:
            letter: fetch.value
            to: $<INPUT.address>
          error_handling:
            on_error:
              - type: retry_with_prompt
                append_to_system_prompt: again
                max_retries: 2
      - id: split
        type: transform
        dependencies: [ask]
        config:
          values:
            n: len(ask.message)
      - id: stamped
        type: stamp
        config: {value: 80}
      - id: keep
        type: mfo_api_memory_store
        config: {key: "${ask.parsed_content.mood}", value: "${ask.tool_call_results.extract.subject} ${split.n}"}
      - id: late
        type: mfo_agent_run
        dependencies: [keep, stamped, group]
        config: {agent_id: clerk, task: "${inner.value} ${group.inner.value} ${stamped.number}"}
    conditions:
      - id: long
        type: expr
        dependencies: [split]
        config:
          expression: split.n > limit && address != ""
          vars: {limit: 10}
        successors: [keep, group]
    subflows:
      - id: group
        input_mapping: {who: "${INPUT.address}"}
        tasks:
          - id: inner
            type: mfo_api_memory_get
            config: {key: "${INPUT.who}"}
    outputs:
      answer: ${ask.message}
"""
FILES = {"workflow.yml": WORKFLOW, "prompts.yml": PROMPTS, "agents.yml": AGENTS, "mfo.toml": PROJECT}


def snapshot_of(**changed: str) -> Snapshot:
    """The bundle with some files changed; ``workflow`` stands for ``workflow.yml``."""
    files = {**FILES, **{f"{name}.yml": text for name, text in changed.items()}}
    return Snapshot(bundle_of(files))


def at(document: str, marked: str) -> tuple[Snapshot, str, int]:
    """A bundle in which one document is a marked text; its key and the cursor."""
    text, offset = read_cursor(marked)
    name = document.removesuffix(".yml")
    return snapshot_of(**{name: text}), f"{name}.yml", offset


def inside(document: str, part: str) -> tuple[Snapshot, str, int]:
    """The bundle as it is, with the cursor in one of its documents: ``part`` of it, marked."""
    plain, offset = read_cursor(part)
    text = FILES[document]
    assert text.count(plain) == 1, (plain, text.count(plain))
    return snapshot_of(), document, text.index(plain) + offset
