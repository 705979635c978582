"""A right flow file in the shape of the bundles for measuring, so that what goes wrong in those can be made everywhere."""

from __future__ import annotations

from tests.mutations.letters import spelt


def _task(identity: str, words: str, *lines: str, indent: str = "  ") -> str:
    verb, noun = words.split()
    head = (
        f"- id: {identity}",
        f'  name: "{verb} the {noun}"',
        "  description: |",
        f"    {verb} the {noun} of stage 0,",
        "    then hand it on.",
    )
    return "".join(f"{indent}{line}\n" for line in (*head, *(f"  {line}" for line in lines), "  timeout: 30s"))


def _chat(template: str, subject: str, *needs: str) -> tuple[str, ...]:
    return (
        "type: mfo_api_chat_send",
        "config:",
        f"  prompt_template_id: {template}",
        "  prompt_context:",
        f"    subject: @({subject})",
        "    previous: @(INPUT.note)",
        "  error_handling:",
        "    on_error:",
        "      - type: retry_with_prompt",
        "        append_to_system_prompt: retry_with_prompt",
        "        max_retries: 2",
        f"dependencies: [{', '.join(needs)}]",
    )


def _tool(subject: str, *needs: str) -> tuple[str, ...]:
    return (
        "type: mfo_api_tool_execute",
        "config:",
        "  tool_id: tool_0  # a server tool",
        "  arguments:",
        f"    subject: @({subject})",
        "    limit: 33",
        "    options: {deep: true, tags: [a, b]}",
        *((f"dependencies: [{', '.join(needs)}]",) if needs else ()),
    )


def _resource(resource: str, *needs: str) -> tuple[str, ...]:
    return (
        "type: mfo_api_resource_get",
        "config:",
        f"  resource_id: @({resource})",
        f"dependencies: [{', '.join(needs)}]",
    )


def _memory(key: str, *needs: str) -> tuple[str, ...]:
    return (
        "type: mfo_api_memory_get",
        "config:",
        f'  key: "{key}"',
        "  provider_id: default_memory",
        *((f"dependencies: [{', '.join(needs)}]",) if needs else ()),
    )


WORKFLOW = (
    """\
# Memos are worked on
name: memos
description: "A short pipeline"
version: "1.0"
config:
  max_concurrency: 8
  timeout: 30m
tasks:
  # stage 0
"""
    + _task("task_00000", "Score digest", *_tool("INPUT.document"))
    + _task("task_00001", "Merge alert", *_resource("task_00000.result", "task_00000"))
    + _task("task_00002", "Fetch memo", *_resource("task_00001.resource.content", "task_00000", "task_00001"))
    + _task("task_00003", "Store alert", *_chat("draft", "task_00001.resource.content", "task_00001"))
    + _task("task_00004", "Translate ticket", *_tool("task_00003.message", "task_00003"))
    + _task("task_00005", "Fetch invoice", *_memory("invoice_5", "task_00004"))
    + _task("task_00006", "Classify alert", *_chat("classify", "task_00005.value", "task_00005"))
    + _task("task_00040_yes", "Route digest", *_memory("digest_40", "check_00040"))
    + _task("task_00040_no", "Archive digest", *_memory("digest_41", "check_00040"))
    + _task("task_00040_join", "Publish digest", *_memory("join_40", "task_00006", "task_00040_yes", "task_00040_no"))
    + """\
conditions:
  - id: check_00040
    type: expr
    config:
      expression: "len(text) > limit && status != 'done'"
      vars:
        text: @(INPUT.document)
        limit: 10
        status: open
    dependencies: [task_00006]
    successors: [task_00040_yes, task_00040_no]
subflows:
  - id: subflow_00099
    name: "A reusable part"
    dependencies: [task_00040_join]
    tasks:
"""
    + _task("sub_00099_a", "Extract contract", *_memory("contract_99"), indent=" " * 6)
    + _task("sub_00099_b", "Enrich shipment", *_tool("sub_00099_a.value", "sub_00099_a"), indent=" " * 6)
)

PROMPTS = "# Prompts of the memos\ntemplates:\n" + "".join(
    f"""\
  {name}:
    description: "{name} a memo"
    provider_id: openai
    system_prompt: |
      You {name} documents with care.
    user_prompt: |
      Work on {{{{ .subject }}}}.
      {{{{ if .previous }}}}Earlier result: {{{{ .previous }}}}{{{{ end }}}}
    default_variables:
      previous: ""
    error_handling_templates:
      retry_with_prompt: |
        The answer was not valid: {{{{ .error }}}}
"""
    for name in ("draft", "classify", "explain")
)


def memos(style: str) -> dict[str, str]:
    """The bundle with its references in one spelling."""
    return {"workflow_definition.yml": spelt(WORKFLOW, style), "prompts_definition.yml": PROMPTS}
