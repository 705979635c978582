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

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules.rule import Report, Rule

_Double = tuple[PromptTemplate, PromptTemplate]


def _doubles(snapshot: Snapshot) -> Iterator[_Double]:
    """The templates that have the id of one in another document, each with that one."""
    first: dict[str, tuple[int, PromptTemplate]] = {}
    for number, document in enumerate(snapshot.bundle.prompts):
        for template in document.templates:
            known_in, known = first.setdefault(template.id.text, (number, template))
            if known_in != number:
                is_seen = template.document in snapshot.bundle.home
                yield (template, known) if is_seen else (known, template)


def check(double: _Double, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the second template of one id."""
    template, other = double
    name = template.id
    related = (Related(Place(other.document, other.id.content_span), f'another "{name.text}" stands here'),)
    place = "above" if other.document == template.document else f"in {other.document.rsplit('/', 1)[-1]}"
    message = f'there is a prompt template "{name.text}" {place} already'
    yield Report(template.document, name.content_span, message, related)


RULE = Rule("MFO608", "duplicate-template", Severity.ERROR, _doubles, check)
