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

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import is_plain_name
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit, walk
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Scalar

_TAGS = (Tag.UNNECESSARY,)


_Name = tuple[Names, str]
_NAMES = (Names.PROMPT_TEMPLATE, Names.ERROR_TEMPLATE)
_UNKNOWN = None
"""What a part says that names something which cannot be told."""


def _said(part: Part, snapshot: Snapshot) -> Iterable[_Name | None]:
    return _names_in(snapshot.notable_visits_of(part))


def _names_in(visits: Iterable[Visit]) -> Iterator[_Name | None]:
    for visit in visits:
        node, declared = visit.node, visit.type
        if type(declared) is TextType:
            kind = declared.names
            if kind is not None and kind in _NAMES and isinstance(node, Scalar):
                yield (kind, node.text) if is_plain_name(node) else _UNKNOWN


def _said_elsewhere(bundle: Bundle, snapshot: Snapshot) -> frozenset[_Name | None]:
    """What the documents name that are only seen."""
    said: set[_Name | None] = set()
    for document in bundle.documents if len(bundle.home) < len(bundle.sources) else ():
        declared = snapshot.root_type(document)
        if document.key not in bundle.home and document.root is not None and declared is not None:
            said.update(_names_in(walk(document.key, document.root, declared)))
    return frozenset(said)


def _is_read(bundle: Bundle, _snapshot: Snapshot) -> bool:
    """Whether there is a workflow, and nothing that could name templates is unreadable."""
    documents = bundle.documents
    return bool(bundle.workflows) and not any(one.root is None or one.root.damaged for one in documents)


def _meant(bundle: Bundle, snapshot: Snapshot) -> frozenset[_Name]:
    """What may be meant by names that nothing has."""
    said = [*snapshot.index(bundle, _said), *snapshot.kept(bundle, _said_elsewhere)]
    declared = {Names.PROMPT_TEMPLATE: tuple(bundle.templates), Names.ERROR_TEMPLATE: _error_names(bundle)}
    wrong = [one for one in said if one is not None and one[1] not in declared[one[0]]]
    return frozenset(
        (kind, meant) for kind, name in wrong for meant in nearest(name, declared[kind], len(declared[kind]))
    )


def _error_names(bundle: Bundle) -> tuple[str, ...]:
    return tuple(name for template in bundle.templates.values() for name in template.error_templates)


def _is_listed(document: str, bundle: Bundle) -> bool:
    """Whether the project file lists the document for all of its workflows."""
    globs = (glob.removeprefix("./") for glob in bundle.project.globs("prompts"))
    return any(fnmatchcase(document, glob) or fnmatchcase(document, f"*/{glob}") for glob in globs)


def check(template: PromptTemplate, snapshot: Snapshot) -> Iterator[Report]:
    """Report a template that nothing names, or else those of its error templates."""
    bundle = snapshot.bundle
    if _is_listed(template.document, bundle) or not snapshot.kept(bundle, _is_read):
        return
    said, elsewhere = snapshot.index(bundle, _said), snapshot.kept(bundle, _said_elsewhere)
    if _UNKNOWN in said or _UNKNOWN in elsewhere:
        return

    def is_used(name: _Name) -> bool:
        """Whether something names a template, or may mean it by a name that is nearly the same."""
        return name in said or name in elsewhere or name in snapshot.kept(bundle, _meant)

    name = template.id
    if not is_used((Names.PROMPT_TEMPLATE, name.text)):
        message = f'no task or agent of this bundle uses the prompt template "{name.text}"'
        yield Report(template.document, name.content_span, message, tags=_TAGS)
        return
    for error_name, _ in template.error_templates.values():
        if not is_used((Names.ERROR_TEMPLATE, error_name.text)):
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
