"""A task does not give a variable that its prompt template needs.

## What it finds

A variable that the template lists in ``variables`` and that neither the task's ``prompt_context`` nor the template's
``default_variables`` give: an error. Where a template has no list, a variable that it uses unguarded: a warning, and so
with a prompt that a task itself writes beside its ``prompt_context``. Templates that an agent fills are left alone.

## Why it matters

A listed variable that is missing fails the task; another one prints as ``<no value>`` in the prompt.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
      #                   ^^^^^^^^ MFO604 "name"
  - id: goodbye
    type: mfo_api_chat_send
    config:
      prompt: Say goodbye to {{ .nmae }}.
      #                         ^^^^^ MFO604 did you mean "name"?
      prompt_context:
        name: ${INPUT.name}
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello to {{ .name }}.
    variables: [name]
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
    variables: [name]
```

## Fix

Add the variable to ``prompt_context``; the value is for you to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import ChatUse, MissingVariable, chat_use, missing_variables, template_reads, users_of
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import template_texts_of
from mfo_dialect.analysis.variable_slips import VariableSlip, variable_slips
from mfo_dialect.findings import Edit, Fix, Place, Related, Severity
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import fill_empty, insert_key, quoted, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the variables that one chat task does not give, all in one finding of each weight."""
    chat = chat_use(view, snapshot.bundle)
    if chat is None:
        return
    yield from _check_own_prompts(chat, snapshot)
    if chat.template is None or chat.template_id is None:
        return
    slips = {slip.name: slip for slip in variable_slips(view, snapshot)}
    for slip in slips.values():
        yield from _report_slip(slip, chat.template, snapshot)
    missing = [one for one in missing_variables(chat) if one.name not in slips]
    for group, severity in (
        ([one for one in missing if one.required], Severity.ERROR),
        ([one for one in missing if not one.required], Severity.WARNING),
    ):
        if group:
            yield _report(chat, group, severity, snapshot)


def _check_own_prompts(chat: ChatUse, snapshot: Snapshot) -> Iterator[Report]:
    """Report what the prompts that a task itself writes use, each variable once, and nobody gives."""
    if chat.context is None or chat.config.damaged or chat.is_filled_by_agent:
        return
    given = {pair.name for pair in chat.context.effective_pairs() if pair.name is not None}
    known = set(given)
    for text in template_texts_of(chat.view, snapshot):
        if text.template.problems or text.template.reads_everything:
            continue
        for read in text.template.reads:
            if read.guarded or read.name in known:
                continue
            known.add(read.name)
            message = f'this prompt uses "{read.name}", which prompt_context does not give'
            span = text.scalar.span_of(read.span)
            yield Report(text.document, span, message + did_you_mean(read.name, given), severity=Severity.WARNING)


def _report_slip(slip: VariableSlip, template: PromptTemplate, snapshot: Snapshot) -> Iterator[Report]:
    """Report one misspelt variable where it is misspelt; in a template once, whoever uses it."""
    given = slip.given.key.content_span if isinstance(slip.given.key, Scalar) else slip.given.key.span
    listed = template.variables is not None
    severity = Severity.ERROR if listed else Severity.WARNING
    document = slip.chat.view.document
    if not slip.in_template:
        message = f'prompt template "{template.id.text}" reads no "{slip.given.name}"; did you mean "{slip.name}"?'
        fix = replace_text(document, given, quoted(slip.name), f'Change to "{slip.name}"')
        yield Report(document, given, message, fixes=(fix,), severity=severity)
        return
    users = snapshot.kept(template, _slipping)[slip.name]
    if users[0] is not slip.chat.view:
        return
    place = next(
        (scalar.span_of(read.span) for scalar, read in template_reads(template) if read.name == slip.name), None
    )
    if listed and slip.name in (template.variables or {}):
        place = (template.variables or {})[slip.name][0].content_span
    message = f'nobody gives the variable "{slip.name}"; did you mean "{slip.given.name}"?'
    related = tuple(Related(Place(user.document, user.name_span), "uses this template") for user in users)
    yield Report(template.document, place or template.id.content_span, message, related, severity=severity)


def _slipping(template: PromptTemplate, snapshot: Snapshot) -> dict[str, tuple[NodeView, ...]]:
    """The tasks that use a template, by the variables that it spells oddly and they give by the usual name."""
    found: dict[str, list[NodeView]] = {}
    for chat in users_of(template.id.text, snapshot):
        for slip in variable_slips(chat.view, snapshot):
            if slip.chat.template is template and slip.in_template:
                found.setdefault(slip.name, []).append(chat.view)
    return {name: tuple(views) for name, views in found.items()}


def _report(chat: ChatUse, missing: list[MissingVariable], severity: Severity, snapshot: Snapshot) -> Report:
    template, template_id = chat.template, chat.template_id
    assert template is not None
    assert template_id is not None
    names = ", ".join(f'"{one.name}"' for one in missing)
    verb = "needs" if severity is Severity.ERROR else "uses"
    message = (
        f'prompt template "{template.id.text}" {verb} {names}, which neither prompt_context nor default_variables give'
    )
    pair = chat.config.pair("prompt_context")
    span = pair.key.span if pair is not None else template_id.content_span
    listed = template.variables or {}
    related = tuple(
        Related(Place(template.document, listed[one.name][0].content_span), f'"{one.name}" is required here')
        for one in missing
        if one.name in listed
    )

    def fixes() -> tuple[Fix, ...]:
        fix = _fix(chat, missing, snapshot)
        return (fix,) if fix is not None else ()

    return Report(
        chat.view.document,
        span,
        message,
        related,
        fixes,
        severity=severity,
        missing=tuple(one.name for one in missing),
    )


def _fix(chat: ChatUse, missing: list[MissingVariable], snapshot: Snapshot) -> Fix | None:
    document = chat.view.document
    text = snapshot.bundle.sources[document].text
    title = f"Add {', '.join(one.name for one in missing)} to prompt_context"
    if chat.context is not None and chat.context.pairs:
        edits = [insert_key(document, chat.context, quoted(one.name), '""', text) for one in missing]
        first = next((edit for edit in edits if edit is not None), None)
        if first is None or any(edit is None for edit in edits):
            return None
        joined = "".join(edit.new_text for edit in edits if edit is not None)
        return Fix(title, (Edit(first.place, joined),))
    values = "{" + ", ".join(f'{quoted(one.name)}: ""' for one in missing) + "}"
    pair = chat.config.pair("prompt_context")
    edit = (
        insert_key(document, chat.config, "prompt_context", values, text)
        if pair is None
        else fill_empty(document, chat.config, pair, values)
    )
    return Fix(title, (edit,)) if edit is not None else None


RULE = Rule("MFO604", "missing-variable", Severity.ERROR, select.chats, check, fix="unsafe")
