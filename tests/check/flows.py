"""Right bundles of any size, in each spelling of references, and copies of them with one mistake."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

STYLES: dict[str, Callable[[str], str]] = {
    "dollar": lambda path: f'"${{{path}}}"',
    "angle": lambda path: f'"$<{path}>"',
    "bare": lambda path: path,
    "text": lambda path: f'"see ${{{path}}}, please"',
    "block": lambda path: f"|\n          look at\n          ${{{path}}}\n",
}
OUTPUTS = {
    "mfo_api_chat_send": "message",
    "mfo_api_tool_execute": "result",
    "mfo_api_memory_get": "value",
    "mfo_api_resource_get": "resource.content",
    "http_request": "body",
}
PROMPTS = """\
templates:
  draft_letter:
    system_prompt: |
      You draft letters.
    user_prompt: |
      About {{ .subject }}{{ if .previous }}, after {{ .previous }}{{ end }}.
    variables: [subject]
    default_variables:
      previous: ""
    error_handling_templates:
      ask_again: |
        That was wrong: {{ .error }}
"""


def task(rng: random.Random, name: str, needs: list[tuple[str, str]], style: Callable[[str], str]) -> tuple[str, str]:
    """One task's text, and the path below its id that others may read."""
    kind = rng.choice(list(OUTPUTS))
    value = style(f"{needs[-1][0]}.{needs[-1][1]}" if needs else "INPUT.document")
    lines = [f"  - id: {name}", f"    name: Step {name}", f"    type: {kind}", "    config:"]
    match kind:
        case "mfo_api_chat_send":
            lines += ["      prompt_template_id: draft_letter", "      prompt_context:", f"        subject: {value}"]
            lines += ["      error_handling:", "        on_error:", "          - type: retry_with_prompt"]
            lines += ["            append_to_system_prompt: ask_again", "            max_retries: 2"]
        case "mfo_api_tool_execute":
            lines += ["      tool_id: search", f"      arguments: {{limit: {rng.randrange(9)}}}"]
            lines += ["      provider_id: default"]
        case "mfo_api_memory_get":
            lines += [f"      key: {value}"]
        case "mfo_api_resource_get":
            lines += [f"      resource_id: {value}"]
        case _:
            lines += [
                "      url: https://example.org/items",
                "      method: POST",
                "      json:",
                f"        item: {value}",
            ]
    if needs:
        lines += [f"    dependencies: [{', '.join(need for need, _ in needs)}]"]
    lines += [f"    priority: {rng.choice(['low', 'normal', 'high'])}", f"    timeout: {rng.randrange(1, 60)}s"]
    return "\n".join(line.rstrip("\n") for line in lines) + "\n", OUTPUTS[kind]


def flow(seed: int, style: str, size: int = 8) -> dict[str, str]:
    """A right bundle: tasks that read earlier ones, a condition with a join behind it, and a subflow."""
    rng = random.Random(seed)
    write = STYLES[style]
    done: list[tuple[str, str]] = []
    text = "name: generated\ninput_schema:\n  properties:\n    document: {type: string}\nconfig:\n  max_concurrency: 4\ntasks:\n"
    for number in range(size):
        name = f"{rng.choice(['fetch', 'parse', 'store', 'score'])}_number_{number}"
        recent = done[-3:]
        needs = sorted(rng.sample(recent, min(len(recent), rng.randrange(1, 3))), key=recent.index) if recent else []
        written, output = task(rng, name, needs, write)
        text += written
        done.append((name, output))
    first, last = done[0][0], done[-1][0]
    for branch in ("accept_it", "refuse_it"):
        text += f"  - id: {branch}\n    type: mfo_api_tool_list\n"
    text += "  - id: join_branches\n    type: mfo_api_tool_list\n    dependencies: [accept_it, refuse_it]\n"
    text += (
        "conditions:\n  - id: is_long\n    type: expr\n    config:\n      expression: len(words) > limit\n"
        f"      vars:\n        words: {STYLES['dollar']('INPUT.document')}\n        limit: 10\n"
        f"    dependencies: [{last}]\n    successors: [accept_it, refuse_it]\n"
        f"subflows:\n  - id: reusable_part\n    dependencies: [{first}]\n    tasks:\n"
        f"      - id: inner_step\n        type: mfo_api_tool_list\n"
    )
    return {"workflow.yml": text, "prompts.yml": PROMPTS}


@dataclass(frozen=True)
class Mistake:
    """A copy with one mistake: the code that must be found, and the 0-based line on which it stands."""

    name: str
    files: dict[str, str]
    code: str
    line: int


SWAPS = [
    # what is written in a line, what takes its place, and what must be said
    ("    type: mfo_api_", "    type: mfo_apii_", "MFO206"),
    ("    priority: ", "    prioritty: ", "MFO201"),
    ("    priority: high", "    priority: hihg", "MFO204"),
    ("    timeout: ", "    timeout: x", "MFO204"),
    ("    dependencies: [fetch", "    dependencies: [fecth", "MFO302"),
    ("    dependencies: [parse", "    dependencies: [prase", "MFO302"),
    ("    dependencies: [store", "    dependencies: [stroe", "MFO302"),
    ("    successors: [accept_it", "    successors: [acept_it", "MFO302"),
    ("      prompt_template_id: draft_letter", "      prompt_template_id: draft_leter", "MFO601"),
    ("append_to_system_prompt: ask_again", "append_to_system_prompt: ask_agian", "MFO602"),
    ("${INPUT.document}", "${INPTU.document}", "MFO401"),
    (".value}", ".vallue}", "MFO402"),
    (".value>", ".vallue>", "MFO402"),
    (".message}", ".mesage}", "MFO402"),
    (".message>", ".mesage>", "MFO402"),
    (".resource.content}", ".resourse.content}", "MFO402"),
    ("${parse_", "${prase_", "MFO401"),
    ("${score_", "${scoer_", "MFO401"),
    ("$<fetch_", "$<fecth_", "MFO401"),
    ("len(words)", "lenn(words)", "MFO503"),
    ("> limit", "> limt", "MFO502"),
    ("type: retry_with_prompt", "type: retry_with_promt", "MFO204"),
    ("      method: POST", "      method: POSTS", "MFO204"),
    ("      resource_id: ", "      resource_idd: ", "MFO201"),
    ("      tool_id: ", "      tool_idd: ", "MFO201"),
]


def mistakes(files: dict[str, str]) -> Iterator[Mistake]:
    """Copies of a right bundle, each with one mistake on its first fitting line."""
    lines = files["workflow.yml"].split("\n")
    for old, new, code in SWAPS:
        number = next((number for number, line in enumerate(lines) if old in line), None)
        if number is not None:
            changed = [*lines[:number], lines[number].replace(old, new, 1), *lines[number + 1 :]]
            yield Mistake(f"{old} -> {new}", {**files, "workflow.yml": "\n".join(changed)}, code, number)
