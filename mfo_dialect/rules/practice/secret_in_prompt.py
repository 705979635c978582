"""A secret goes where others can read it.

## What it finds

References to ``SECRET`` in prompts, in what prompts and agents are told, in questions, notifications, values for the
memory, and in what a run returns.

## Why it matters

Models, their providers, logs and other users see what stands there. Headers, URLs and the arguments of tools are the places for secrets.

## Bad

```yaml workflow.yml
name: letters
global_configs: {secrets: {mail_key: {env: MAIL_KEY}}}
tasks:
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: "Fetch the letter with ${SECRET.mail_key}"
      #                              ^^^^^^^^^^^^^^^^^^ MFO802 the model
```

## Good

```yaml workflow.yml
name: letters
global_configs: {secrets: {mail_key: {env: MAIL_KEY}}}
tasks:
  - id: fetch
    type: http_request
    config:
      url: https://mail.example.org/letters
      headers: {authorization: "Bearer ${SECRET.mail_key}"}
```

## Fix

Use the secret in a task of its own, and hand on only the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.analysis.visits import scalars_below
from mfo_dialect.findings import Severity
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import follow

_MODEL = "the model and its provider"
_READERS: dict[str, dict[str, str]] = {
    "mfo_api_chat_send": dict.fromkeys(
        ("prompt", "message", "system_prompt", "prompt_context", "request_body", "metadata"), _MODEL
    ),
    "mfo_agent_run": dict.fromkeys(("task", "context", "metadata"), _MODEL),
    "ask_user": dict.fromkeys(("question", "choices", "default"), "the person who is asked"),
    "mfo_api_notification_create": dict.fromkeys(("title", "message", "metadata"), "whoever is notified"),
    "mfo_api_memory_store": dict.fromkeys(("key", "value", "metadata"), "everybody who reads the server's memory"),
}


def check(use: Use, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one reference to a secret in a place that others read."""
    if use.reference.root != "SECRET" or use.reference.problem:
        return
    reader = "whoever sees the run's result" if use.reader is Reader.OUTPUTS else _reader(use)
    if reader:
        yield Report(use.document, use.span, f"a secret is given away here: {reader} can read it")


def _reader(use: Use) -> str:
    task = use.node.node if use.node is not None else None
    if use.node is None or not isinstance(task, Task) or task.config is None:
        return ""
    readers = _READERS.get(use.node.type_name, {})
    for pair in task.config.effective_pairs():
        if pair.name in readers and any(scalar is use.scalar for scalar in scalars_below(follow(pair.value))):
            return readers[pair.name]
    return ""


RULE = Rule("MFO802", "secret-in-prompt", Severity.ERROR, select.uses, check, topics=("security",))
