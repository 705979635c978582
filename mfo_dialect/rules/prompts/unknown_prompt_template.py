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
  - id: again
    type: mfo_api_chat_send
    config: {prompt_template_id: greeting}
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
from mfo_dialect.model.prompts import PromptsDocument
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import insert_key, quoted, rename_to_nearest
from mfo_dialect.rules.layout import column_of, insert_lines, line_start
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span

_NEW_DOCUMENT = "prompts_definition.yml"


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

    def fixes() -> tuple[Fix, ...]:
        create = _create(name.text, visit.document, bundle)
        return (*rename_to_nearest(visit.document, span, name.text, names), *((create,) if create is not None else ()))

    yield Report(visit.document, span, f'no prompt template is called "{name.text}"{advice}', fixes=fixes)


def _create(name: str, document: str, bundle: Bundle) -> Fix | None:
    """Put a template before the first one of a prompts document, or into a new document beside the workflow."""
    for prompts in bundle.prompts:
        edit = _into(prompts, name, bundle.sources[prompts.document].text)
        if edit is not None:
            return Fix(f'Create the prompt template "{name}"', (edit,))
    folder = document.rpartition("/")[0]
    created = f"{folder}/{_NEW_DOCUMENT}" if folder else _NEW_DOCUMENT
    if created in bundle.sources:
        return None
    edit = Edit(Place(created, Span(0, 0)), f"templates:\n{_template(name, '  ', '  ')}")
    return Fix(f'Create the prompt template "{name}" in {_NEW_DOCUMENT}', (edit,))


def _into(prompts: PromptsDocument, name: str, text: str) -> Edit | None:
    pair = prompts.root.pair("templates")
    if pair is None:
        return insert_lines(prompts.document, prompts.root, f"templates:\n{_template(name, '  ', '  ').rstrip()}", text)
    if prompts.root.damaged or not isinstance(pair.key, Scalar):
        return None
    value, key_column = pair.value, column_of(text, pair.key.span.start)
    if isinstance(value, Mapping) and value.pairs and value.flow:
        return insert_key(prompts.document, value, quoted(name), '{user_prompt: "Write the prompt here."}', text)
    if isinstance(value, Mapping) and value.pairs:
        start = line_start(text, value.pairs[0].key.span.start)
        indent = text[start : value.pairs[0].key.span.start]
        if indent.strip():
            return None
        new_text = _template(name, indent, indent[key_column:])
        return Edit(Place(prompts.document, Span(start, start)), new_text)
    if (isinstance(value, Scalar) and value.is_missing) or (isinstance(value, Mapping) and not value.pairs):
        new_text = ":\n" + _template(name, " " * (key_column + 2), "  ").rstrip("\n")
        place = Place(prompts.document, Span(pair.key.span.end, value.span.end))
        return Edit(place, new_text)
    return None


def _template(name: str, indent: str, step: str) -> str:
    return f"{indent}{quoted(name)}:\n{indent}{step}user_prompt: |\n{indent}{step * 2}Write the prompt here.\n"


RULE = Rule(
    "MFO601",
    "unknown-prompt-template",
    Severity.ERROR,
    select.visits_naming(Names.PROMPT_TEMPLATE),
    check,
    fix="unsafe",
)
