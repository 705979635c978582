"""References are spelt in several ways in one document.

## What it finds

In each document, references in another spelling than most: of ``${path}``, ``$<path>`` and the bare ``path`` for
references that are a whole value, of the first two for references inside text. Off unless it is asked for.

## Why it matters

All three mean the same. One spelling is easier to read and to search for.

## Bad

```toml mfo.toml
[rules]
mixed-reference-style = "information"
```

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: store
    type: mfo_api_memory_store
    config:
      key: ${INPUT.key}
      value:
        letter: ${fetch.value}
        sender: INPUT.sender
        #       ^^^^^^^^^^^^ MFO407 ${INPUT.sender}
    dependencies: [fetch]
```

## Good

```toml mfo.toml
[rules]
mixed-reference-style = "information"
```

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: store
    type: mfo_api_memory_store
    config:
      key: ${INPUT.key}
      value:
        letter: ${fetch.value}
        sender: ${INPUT.sender}
    dependencies: [fetch]
```

## Fix

Write the spelling that most references of the document have.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import FlowView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import references_of
from mfo_dialect.catalogue.values import References
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.references import Reference, Spelling, bare_reference, scan
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Style

_Found = tuple[Use, Spelling]


def _minority(part: Part, snapshot: Snapshot) -> Iterator[_Found]:
    """The references in another spelling than most, each with the spelling of most."""
    for use in snapshot.uses_of(part):
        if not use.reference.problem and use.reference.segments:
            usual = snapshot.kept((use.document, use.alone), _usual_spelling)
            if use.reference.spelling is not usual:
                yield use, usual


def _usual_spelling(group: tuple[str, bool], snapshot: Snapshot) -> Spelling:
    """How most references of a document are spelt, those that are whole values or those within texts."""
    index = snapshot.index(snapshot.bundle, _spellings)
    first_said = (said[2] for said in index if said[:2] == group)
    return max(first_said, key=lambda spelling: index.count((*group, spelling)))


def _spellings(part: Part, snapshot: Snapshot) -> Iterator[tuple[str, bool, Spelling]]:
    for use in snapshot.uses_of(part):
        if not use.reference.problem and use.reference.segments:
            yield use.document, use.alone, use.reference.spelling


def check(found: _Found, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one reference that is spelt otherwise than most, if it can be spelt so."""
    use, usual = found
    written = spelt(use, usual)
    if written is not None:
        message = f"most references here are spelt otherwise: write {written}"
        yield Report(use.document, use.span, message, fixes=_fixes(use, usual, written))


def spelt(use: Use, spelling: Spelling) -> str | None:
    """A reference in another spelling; None where it would not be read as the same one."""
    path = str(use.reference)
    match spelling:
        case Spelling.DOLLAR:
            written = f"${{{path}}}"
        case Spelling.ANGLE:
            written = f"$<{path}>"
        case Spelling.BARE:
            is_read = use.value_type is None or references_of(use.value_type) is References.ALL
            bare = bare_reference(path)
            return path if use.alone and is_read and bare is not None and bare.path == use.reference.path else None
    pieces = scan(written)
    same = len(pieces) == 1 and isinstance(pieces[0], Reference) and pieces[0].path == use.reference.path
    return written if same else None


def _fixes(use: Use, usual: Spelling, written: str) -> tuple[Fix, ...]:
    title = f"Write {written}"
    if '"' in written or "\n" in use.scalar.source:
        return ()
    if use.scalar.style is not Style.PLAIN:
        return (replace_text(use.document, use.span, written, title, safe=True),)
    if use.alone and use.scalar.tag is None:
        return (replace_text(use.document, use.scalar.content_span, f'"{written}"', title, safe=True),)
    return (replace_text(use.document, use.span, written, title, safe=True),) if usual is Spelling.ANGLE else ()


RULE = Rule(
    "MFO407",
    "mixed-reference-style",
    Severity.INFORMATION,
    select.Selector((FlowView, NodeView, TriggerView), _minority),
    check,
    enabled=False,
    topics=("style",),
    fix="safe",
)
