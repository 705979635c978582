"""Two documents of a bundle hold prompt templates of one id.

## What it finds

A prompt template whose id another document of the bundle, or another one of the same stream, has already. Two of one id in one
map are a doubled key, which is a finding of its own.

## Why it matters

Only one of them is used, and which one depends on the order of the files.

## Bad

```yaml first_prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
```

```yaml second_prompts.yml
templates:
  greeting:
# ^^^^^^^^ MFO608 first_prompts.yml
    user_prompt: Say good morning.
```

## Good

```yaml first_prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
```

```yaml second_prompts.yml
templates:
  morning_greeting:
    user_prompt: Say good morning.
```

## Fix

Give one of them another id, or take it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule

_Numbered = tuple[int, PromptTemplate]


def check(template: PromptTemplate, snapshot: Snapshot) -> Iterator[Report]:
    """Report a template that has the id of one in another document before it, or in one that is only seen."""
    same = snapshot.kept(snapshot.bundle, _by_name)[template.id.text]
    (first_in, first), number = same[0], next(number for number, one in same if one is template)
    if number != first_in:
        yield _report(template, first)
    elif template is first:
        for other_in, other in same:
            if other_in != first_in and other.document not in snapshot.bundle.home:
                yield _report(template, other)


def _by_name(bundle: Bundle, _snapshot: Snapshot) -> dict[str, list[_Numbered]]:
    """The templates by id, each with the number of its document."""
    found: dict[str, list[_Numbered]] = {}
    for number, document in enumerate(bundle.prompts):
        for template in document.templates:
            found.setdefault(template.id.text, []).append((number, template))
    return found


def _report(template: PromptTemplate, other: PromptTemplate) -> Report:
    name = template.id
    related = (Related(Place(other.document, other.id.content_span), f'another "{name.text}" stands here'),)
    place = "above" if other.document == template.document else f"in {other.document.rsplit('/', 1)[-1]}"
    message = f'there is a prompt template "{name.text}" {place} already'
    return Report(template.document, name.content_span, message, related)


RULE = Rule("MFO608", "duplicate-template", Severity.ERROR, select.templates, check)
