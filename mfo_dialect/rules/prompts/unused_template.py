"""Nothing uses a prompt template, or one of its error templates.

## What it finds

Prompt templates that no task and no agent of the bundle names, and error templates that no ``append_to_system_prompt``
names. Only where the bundle has a workflow; documents that the project file lists may serve workflows elsewhere.

## Why it matters

Somebody keeps a text right that no model ever reads.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config: {prompt_template_id: greeting}
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
    error_handling_templates:
      again: "That was wrong: {{ .error }}"
#     ^^^^^ MFO607 error template
  farewell:
# ^^^^^^^^ MFO607 prompt template
    user_prompt: Say goodbye.
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config: {prompt_template_id: greeting}
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
```

## Fix

Take it out, or name it where it was meant to be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import is_plain_name
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit, walk
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.records import record
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Scalar

_TAGS = (Tag.UNNECESSARY,)


@record
class _Used:
    """The names of templates and error templates that a bundle uses, and those that may be meant by misspelt ones."""

    templates: frozenset[str]
    error_templates: frozenset[str]


def _used(bundle: Bundle, snapshot: Snapshot) -> _Used | None:
    """What the bundle uses; None where something may be used that cannot be told."""
    if not bundle.workflows or any(document.root is None or document.root.damaged for document in bundle.documents):
        return None
    used = {Names.PROMPT_TEMPLATE: set[str](), Names.ERROR_TEMPLATE: set[str]()}
    for name, kind in _names(snapshot):
        if not is_plain_name(name):
            return None
        used[kind].add(name.text)
    for kind, names in ((Names.PROMPT_TEMPLATE, tuple(bundle.templates)), (Names.ERROR_TEMPLATE, _error_names(bundle))):
        wrong = used[kind] - set(names)
        used[kind].update(meant for name in wrong for meant in nearest(name, names, len(names)))
    return _Used(frozenset(used[Names.PROMPT_TEMPLATE]), frozenset(used[Names.ERROR_TEMPLATE]))


_NAMES = (Names.PROMPT_TEMPLATE, Names.ERROR_TEMPLATE)


def _names(snapshot: Snapshot) -> Iterator[tuple[Scalar, Names]]:
    for visit in chain(snapshot.visits, _visits_elsewhere(snapshot)):
        kind = visit.type.names if isinstance(visit.type, TextType) else None
        if kind is not None and kind in _NAMES and isinstance(visit.node, Scalar):
            yield visit.node, kind


def _visits_elsewhere(snapshot: Snapshot) -> Iterator[Visit]:
    """The values of the documents that are only seen."""
    for document in snapshot.bundle.documents:
        declared = snapshot.root_type(document)
        if document.key not in snapshot.bundle.home and document.root is not None and declared is not None:
            yield from walk(document.key, document.root, declared)


def _error_names(bundle: Bundle) -> tuple[str, ...]:
    return tuple(name for template in bundle.templates.values() for name in template.error_templates)


def _is_listed(document: str, bundle: Bundle) -> bool:
    """Whether the project file lists the document for all of its workflows."""
    globs = (glob.removeprefix("./") for glob in bundle.project.globs("prompts"))
    return any(fnmatchcase(document, glob) or fnmatchcase(document, f"*/{glob}") for glob in globs)


def check(template: PromptTemplate, snapshot: Snapshot) -> Iterator[Report]:
    """Report a template that nothing names, or else those of its error templates."""
    used = snapshot.kept(snapshot.bundle, _used)
    if used is None or _is_listed(template.document, snapshot.bundle):
        return
    name = template.id
    if name.text not in used.templates:
        message = f'no task or agent of this bundle uses the prompt template "{name.text}"'
        yield Report(template.document, name.content_span, message, tags=_TAGS)
        return
    for error_name, _ in template.error_templates.values():
        if error_name.text not in used.error_templates:
            message = f'no task of this bundle uses the error template "{error_name.text}"'
            yield Report(template.document, error_name.content_span, message, tags=_TAGS, name="unused-error-template")


RULE = Rule(
    "MFO607",
    "unused-prompt-template",
    Severity.HINT,
    select.templates,
    check,
    more_names=("unused-error-template",),
    topics=("unused",),
)
