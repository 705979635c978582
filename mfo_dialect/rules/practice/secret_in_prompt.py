"""A secret goes where others can read it.

## What it finds

References to ``SECRET`` in prompts, in what prompts and agents are told, in questions, notifications, values for the
memory, and in what a run returns; and references to inputs there that a subflow's ``input_mapping`` takes from a secret.

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

from mfo_dialect.analysis.scopes import LevelView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.analysis.visits import scalars_below
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Subflow, Task
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Node, follow

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


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report one reference to a secret in a place that others read."""
    if use.reference.problem or use.reference.root not in {"SECRET", "INPUT"}:
        return
    way: tuple[Use, ...] = ()
    if use.reference.root == "INPUT":
        way = _way_in(use.level, use.reference.path, snapshot) if use.level is not None else ()
        if not way:
            return
    reader = "whoever sees the run's result" if use.reader is Reader.OUTPUTS else _reader(use)
    if not reader:
        return
    related = tuple(Related(Place(step.document, step.span), "the secret becomes an input here") for step in way)
    yield Report(use.document, use.span, f"a secret is given away here: {reader} can read it", related)


def _way_in(level: LevelView, path: tuple[str, ...], snapshot: Snapshot) -> tuple[Use, ...]:
    """The references of input mappings by which a secret becomes an input of a level, from the outside in.

    Args:
        level: where the input is read.
        path: the input's name and what is read of it.
        snapshot: the bundle.
    """
    owner = level.owner
    if owner is None or not isinstance(owner.node, Subflow):
        return ()
    mapping = owner.node.input_mapping
    value = _read_of(mapping, path) if mapping is not None else None
    if value is not None:
        mapped = {id(scalar) for scalar in scalars_below(value)}
        for use in snapshot.uses_of(owner):
            if id(use.scalar) not in mapped or use.reference.problem:
                continue
            if use.reference.root == "SECRET":
                return (use,)
            if use.reference.root == "INPUT" and (before := _way_in(owner.level, use.reference.path, snapshot)):
                return (*before, use)
    is_covered = mapping is not None and path[:1] != () and path[0] in mapping
    return () if is_covered else _way_in(owner.level, path, snapshot)


def _read_of(node: Node, path: tuple[str, ...]) -> Node | None:
    """What a path leads to in a mapping, as far as it is written as maps; None where it leads nowhere."""
    for name in path:
        if not isinstance(node, Mapping):
            return node
        inner = node.get(name)
        if inner is None:
            return None
        node = inner
    return node


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
