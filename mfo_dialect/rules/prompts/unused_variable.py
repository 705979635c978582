"""A variable is given to a prompt template that does not read it.

## What it finds

A key of a task's ``prompt_context``, of a template's ``variables`` or of its ``default_variables`` that none of the
template's texts reads. Templates that use all their data at once are left alone.

## Why it matters

Somebody believes that the model is told something that it is not.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
      prompt_context:
        name: ${INPUT.name}
        mood: cheerful
      # ^^^^ MFO605 "greeting"
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello to {{ .name }}.
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
      prompt_context:
        name: ${INPUT.name}
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello to {{ .name }}.
```

## Fix

Read the variable in the template, or take it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.variable_slips import variable_slips
from mfo_dialect.findings import Fix, Severity, Tag
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.layout import remove_pair
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Pair, Scalar


def check(giver: NodeView | PromptTemplate, snapshot: Snapshot) -> Iterator[Report]:
    """Report the variables that a task or a template gives in vain."""
    bundle = snapshot.bundle
    if isinstance(giver, PromptTemplate):
        yield from _check_template(giver, snapshot)
        return
    chat = chat_use(giver, bundle)
    if chat is None or chat.template is None or chat.context is None:
        return
    read = snapshot.kept(chat.template, _read_names)
    if read is None or any(key in chat.config for key in ("prompt", "system_prompt")):
        return
    slips = [slip.given for slip in variable_slips(giver, snapshot)]
    for pair in chat.context.pairs:
        if pair in slips:
            continue
        if pair.name is not None and pair.name not in read and pair.name not in (chat.template.variables or ()):
            yield _report(giver.document, chat.context, pair, chat.template, bundle)


def _check_template(template: PromptTemplate, snapshot: Snapshot) -> Iterator[Report]:
    read, bundle = snapshot.kept(template, _read_names), snapshot.bundle
    if read is None:
        return
    for scalar in [name for name, _ in (template.variables or {}).values() if name.text not in read]:
        message = f'prompt template "{template.id.text}" does not read its variable "{scalar.text}"'
        yield Report(template.document, scalar.content_span, message, tags=(Tag.UNNECESSARY,))
    defaults = template.mapping.get("default_variables")
    for pair in defaults.pairs if isinstance(defaults, Mapping) else ():
        if pair.name is not None and pair.name not in read and pair.name not in (template.variables or ()):
            assert isinstance(defaults, Mapping)
            yield _report(template.document, defaults, pair, template, bundle)


def _report(document: str, mapping: Mapping, pair: Pair, template: PromptTemplate, bundle: Bundle) -> Report:
    message = f'prompt template "{template.id.text}" does not read "{pair.name}"'

    def fixes() -> tuple[Fix, ...]:
        edit = remove_pair(document, mapping, pair, bundle.sources[document].text)
        return (Fix(f'Remove "{pair.name}"', (edit,), safe=True),) if edit is not None else ()

    return Report(document, pair.key.span, message, fixes=fixes, tags=(Tag.UNNECESSARY,))


def _read_names(template: PromptTemplate, _snapshot: Snapshot) -> set[str] | None:
    """The variables that the template's texts read; None where that cannot be told."""
    if template.mapping.damaged:
        return None
    errors = [node for _, node in template.error_templates.values() if isinstance(node, Scalar)]
    names: set[str] = set()
    for scalar in (*template.texts, *errors):
        read = template.read(scalar)
        if read.problems or read.reads_everything:
            return None
        names.update(one.name for one in read.reads)
    return names


RULE = Rule(
    "MFO605", "unused-variable", Severity.HINT, (select.chats, select.templates), check, topics=("unused",), fix="safe"
)
