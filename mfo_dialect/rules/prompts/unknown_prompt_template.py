"""A task or an agent names a prompt template that is not there.

## What it finds

A ``prompt_template_id`` that no prompts document of the bundle has: the documents beside the workflow and those that
the project file lists. Nothing is said while one of them is unreadable.

## Why it matters

The task fails when the run comes to it.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greting
      #                   ^^^^^^^ MFO601 did you mean "greeting"
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
```

## Fix

Write the id of the template that was meant, or create the template: both are offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import is_plain_name
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import quoted, rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span


def check(visit: Visit, snapshot: Snapshot) -> Iterator[Report]:
    """Report a name of a prompt template that is not there."""
    if not (isinstance(visit.type, TextType) and visit.type.names is Names.PROMPT_TEMPLATE):
        return
    bundle, name = snapshot.bundle, visit.node
    if not isinstance(name, Scalar) or name.is_missing or not name.text.strip() or not is_plain_name(name):
        return
    if name.text in bundle.templates or not bundle.is_complete:
        return
    span, names = name.content_span, tuple(bundle.templates)
    advice = did_you_mean(name.text, names) if bundle.prompts else "; this bundle has no prompts document"
    fixes = (*rename_to_nearest(visit.document, span, name.text, names), _create(name.text, visit.document, bundle))
    yield Report(visit.document, span, f'no prompt template is called "{name.text}"{advice}', fixes=fixes)


def _create(name: str, document: str, bundle: Bundle) -> Fix:
    template = f"  {quoted(name)}:\n    user_prompt: |\n      Write the prompt here.\n"
    for prompts in bundle.prompts:
        templates = prompts.root.pair("templates")
        if templates is None or templates.value.span.end == templates.value.span.start:
            continue
        text = bundle.sources[prompts.document].text
        start = text.rfind("\n", 0, templates.value.span.start) + 1
        if text[start : templates.value.span.start] == "  ":
            return Fix(
                f'Create the prompt template "{name}"', (Edit(Place(prompts.document, Span(start, start)), template),)
            )
    folder = document.rpartition("/")[0]
    created = f"{folder}/prompts_definition.yml" if folder else "prompts_definition.yml"
    return Fix(
        f'Create the prompt template "{name}" in {created.rpartition("/")[2]}',
        (Edit(Place(created, Span(0, 0)), f"templates:\n{template}"),),
    )


RULE = Rule("MFO601", "unknown-prompt-template", Severity.ERROR, select.visits, check)
