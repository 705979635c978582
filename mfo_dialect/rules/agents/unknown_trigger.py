"""An agent lets itself be started by a trigger whose id is a slip away from one that there is.

## What it finds

Ids in an agent's ``allowed_triggers`` that no trigger of the bundle has, where one of them is spelt almost so. Other ids may
be those of triggers in other folders that share the agents document.

## Why it matters

The agent refuses to work when the trigger that was meant starts its flow.

## Bad

```yaml workflow.yml
workflow_name: letters
triggers:
  - {id: new_letter, type: manual, target_taskflow: answer}
taskflows:
  - taskflow_id: answer
    tasks:
      - id: answer
        type: mfo_agent_run
        config: {agent_id: writer, task: Answer the letter}
```

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    allowed_triggers: [new_leter]
    #                  ^^^^^^^^^ MFO710 did you mean "new_letter"?
```

## Good

```yaml workflow.yml
workflow_name: letters
triggers:
  - {id: new_letter, type: manual, target_taskflow: answer}
taskflows:
  - taskflow_id: answer
    tasks:
      - id: answer
        type: mfo_agent_run
        config: {agent_id: writer, task: Answer the letter}
```

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    allowed_triggers: [new_letter]
```

## Fix

Write the id of the trigger that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean


def _trigger_ids(_bundle: Bundle, snapshot: Snapshot) -> tuple[str, ...]:
    found = (trigger.id.text for flow in snapshot.flows for trigger in flow.triggers if trigger.id is not None)
    return tuple(dict.fromkeys(found))


def check(agent: Agent, snapshot: Snapshot) -> Iterator[Report]:
    """Report the triggers that an agent probably means otherwise."""
    for scalar in texts_at(agent.mapping, "allowed_triggers"):
        names = snapshot.kept(snapshot.bundle, _trigger_ids)
        wrong = scalar.text.strip()
        meant = did_you_mean(wrong, names) if wrong not in names else ""
        if meant:
            fixes = rename_to_nearest(agent.document, scalar.content_span, wrong, names)
            yield Report(agent.document, scalar.content_span, f'no trigger has the id "{wrong}"{meant}', fixes=fixes)


RULE = Rule("MFO710", "unknown-trigger", Severity.WARNING, select.agents, check, fix="unsafe")
