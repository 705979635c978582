"""A webhook lets anybody in.

## What it finds

Enabled triggers of type ``webhook`` without a ``secret_ref``.

## Why it matters

Whoever knows the address can start runs, with any payload. With a secret, requests must be signed.

## Bad

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: new_letter
    type: webhook
    #     ^^^^^^^ MFO707 secret_ref
    config: {http_path: /letters}
taskflows:
  - taskflow_id: answer
    tasks:
      - {id: look, type: mfo_api_tool_list}
```

## Good

```yaml workflow.yml
workflow_name: letters
global_configs:
  secrets:
    letters_hook: {env: LETTERS_HOOK_SECRET}
triggers:
  - id: new_letter
    type: webhook
    config: {http_path: /letters, secret_ref: letters_hook}
taskflows:
  - taskflow_id: answer
    tasks:
      - {id: look, type: mfo_api_tool_list}
```

## Fix

Declare a secret under ``global_configs.secrets``, name it in ``secret_ref``, and let the sender sign with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(view: TriggerView, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one webhook without a secret."""
    trigger = view.trigger
    if not trigger.enabled or trigger.type is None or trigger.type.text != "webhook" or trigger.mapping.damaged:
        return
    if trigger.config is not None and trigger.config.pairs and trigger.config.pair("secret_ref") is None:
        message = "anybody who knows the address can start this taskflow: name a declared secret in secret_ref"
        yield Report(view.workflow.document, trigger.type.content_span, message)


RULE = Rule("MFO707", "webhook-without-secret", Severity.WARNING, select.triggers, check, topics=("security",))
