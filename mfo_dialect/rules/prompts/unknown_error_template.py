"""A retry names an error template that the used prompt template does not have.

## What it finds

An ``append_to_system_prompt`` that is no key of the ``error_handling_templates`` of the prompt template which the same
task uses; and one in a task that uses no prompt template at all.

## Why it matters

The retry fails at the moment when it is needed.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: draft
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft_letter
      error_handling:
        on_error:
          - type: retry_with_prompt
            append_to_system_prompt: retry_with_promt
            #                        ^^^^^^^^^^^^^^^^ MFO602 did you mean "retry_with_prompt"
            max_retries: 2
          - type: retry_with_prompt
            append_to_system_prompt: retry_with_prompt
            max_retries: 1
```

```yaml prompts.yml
templates:
  draft_letter:
    user_prompt: Draft a letter.
    error_handling_templates:
      retry_with_prompt: "That was wrong: {{ .error }}"
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: draft
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft_letter
      error_handling:
        on_error:
          - type: retry_with_prompt
            append_to_system_prompt: retry_with_prompt
            max_retries: 2
```

```yaml prompts.yml
templates:
  draft_letter:
    user_prompt: Draft a letter.
    error_handling_templates:
      retry_with_prompt: "That was wrong: {{ .error }}"
```

## Fix

Write the key that was meant, or create the error template in the prompts document: both are offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import chat_use, error_template_names, is_plain_name
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Fix, Place, Related, Severity
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import fill_empty, insert_key, quoted, rename_to_nearest
from mfo_dialect.rules.layout import line_start
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span

_TEXTS = {"jinja2": '"The answer was not valid: {{ error }}"'}
_GO_TEXT = '"The answer was not valid: {{ .error }}"'


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report error templates that a chat task's retries name and its prompt template does not have."""
    chat = chat_use(view, snapshot.bundle)
    if chat is None or (chat.template_id is not None and chat.template is None):
        return
    for name in error_template_names(view):
        if not is_plain_name(name):
            continue
        if chat.template is None:
            if any(key in chat.config for key in ("prompt", "message", "request_body")):
                message = f'there is no error template "{name.text}": the task uses no prompt template'
                yield Report(view.document, name.content_span, message)
        elif name.text not in chat.template.error_templates and not chat.template.mapping.damaged:
            yield _report(view, name, chat.template, snapshot.bundle)


def _report(view: NodeView, name: Scalar, template: PromptTemplate, bundle: Bundle) -> Report:
    names, span = tuple(template.error_templates), name.content_span
    related = (
        Related(
            Place(template.document, template.id.content_span), f'prompt template "{template.id.text}" stands here'
        ),
    )

    def fixes() -> tuple[Fix, ...]:
        create = _create(name.text, template, bundle)
        return (*rename_to_nearest(view.document, span, name.text, names), *((create,) if create is not None else ()))

    return Report(
        view.document,
        span,
        f'prompt template "{template.id.text}" has no error template "{name.text}"{did_you_mean(name.text, names)}',
        related,
        fixes,
    )


def _create(name: str, template: PromptTemplate, bundle: Bundle) -> Fix | None:
    text = bundle.sources[template.document].text
    existing = template.mapping.get("error_handling_templates")
    title = f'Create the error template "{name}" in "{template.id.text}"'
    if isinstance(existing, Mapping) and existing.pairs:
        edit = insert_key(template.document, existing, quoted(name), _TEXTS.get(template.engine, _GO_TEXT), text)
        return Fix(title, (edit,)) if edit is not None else None
    pair = template.mapping.pair("error_handling_templates")
    value = f"{{{quoted(name)}: {_TEXTS.get(template.engine, _GO_TEXT)}}}"
    if template.mapping.flow and pair is None:
        edit = insert_key(template.document, template.mapping, "error_handling_templates", value, text)
        return Fix(title, (edit,)) if edit is not None else None
    if pair is not None:
        edit = fill_empty(template.document, template.mapping, pair, value)
        return Fix(title, (edit,)) if edit is not None else None
    if not template.mapping.pairs:
        return None
    start = template.mapping.pairs[0].key.span.start
    line = line_start(text, start)
    indent = text[line:start]
    if indent.strip() or template.mapping.damaged:
        return None
    written = _TEXTS.get(template.engine, _GO_TEXT)
    new_text = f"{indent}error_handling_templates:\n{indent}  {quoted(name)}: {written}\n"
    return Fix(title, (Edit(Place(template.document, Span(line, line)), new_text),))


RULE = Rule("MFO602", "unknown-error-template", Severity.ERROR, select.chats, check, fix="unsafe")
