"""A comment suppresses nothing.

## What it finds

A comment ``# mfo: ignore[...]`` or ``# mfo: ignore-file[...]`` that lists a rule which finds nothing where the comment
counts, a rule that there is not, or one that cannot be suppressed; and such a comment that is written wrongly. Rules that
are off in the project file are not judged, nor is anything while a text of the bundle cannot be read whole.

A comment counts for the findings that start on its line. On a line of its own it counts for the whole entry or list
item that starts on the line below. ``ignore-file`` counts for the whole file, and stands before its first key. In a block
scalar ``#`` is text: the comment stands on the line of the scalar's key, or above it. Text in a scalar that looks like such
a comment is reported where it would suppress something.

## Why it matters

A comment that outlives its reason hides the next mistake at its place. One that is misspelt looks as if it counted.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello # mfo: ignore[MFO302] waits for a task that is gone
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MFO901 no finding of MFO302 starts here
    type: mfo_api_chat_send
    # mfo: ignore[MFO201, unknown-kye] read by a tool of ours
#                         ^^^^^^^^^^^ MFO901 did you mean "unknown-key"
    config: {prompt: "Say hello", colour: red}
    # mfo: ignore the time
#   ^^^^^^^^^^^^^^^^^^^^^^ MFO901 needs codes in brackets
  - id: again
    type: mfo_api_chat_send
    config:
      prompt: |
        Say ${INPUTS.word} # mfo: ignore[MFO401] filled in by the shop
#             ^^^^^^ MFO401 no node or root is called "INPUTS"
#                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MFO901 part of the text of "prompt"
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    # mfo: ignore[MFO201] read by a tool of ours
    config: {prompt: "Say hello", colour: red}
  - id: again
    type: mfo_api_chat_send
    config:
      prompt: | # mfo: ignore[MFO401] filled in by the shop
        Say ${INPUTS.word}
```

## Fix

Remove the comment, or the code from its list; or write the code that was meant. Text is made a comment on the line of its
key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.suppression_texts import suppression_texts
from mfo_dialect.analysis.suppressions import Listed, Suppression, suppressions
from mfo_dialect.findings import Edit, Finding, Fix, Place, Severity, Tag
from mfo_dialect.rules import select
from mfo_dialect.rules.choosing import is_family, rule_names
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.text import LineIndex, Span

NEVER_SUPPRESSED = frozenset({"MFO901", "MFO902", "MFO999"})


@cache
def codes_by_name() -> dict[str, str]:
    """All that a comment can list, codes and names of rules, and the code that it stands for."""
    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the list holds this rule

    return rule_names(RULES)


def _items(_bundle: Bundle, snapshot: Snapshot) -> tuple[Suppression, ...]:
    return snapshot.every(suppressions)


def check(suppression: Suppression, snapshot: Snapshot) -> Iterator[Report]:
    """Report a comment that is written wrongly, and what it lists that is no rule or cannot be suppressed."""
    if suppression.problem:
        yield _report(suppression, None, suppression.problem, snapshot)
    codes = codes_by_name()
    for index, one in enumerate(suppression.listed):
        if one.name not in codes:
            message = f'there is no rule "{one.name}"{did_you_mean(one.name, codes)}'
            if is_family(one.name):
                message = f'"{one.name}" is a family of rules, and would hide what nobody has seen: list the rules'
            yield replace(_report(suppression, index, message, snapshot), name="unknown-code")
        elif codes[one.name] in NEVER_SUPPRESSED:
            yield _report(suppression, index, f"{one.name} cannot be suppressed", snapshot)


def unused(
    suppression: Suppression, used: Collection[Listed], applied: Collection[str], snapshot: Snapshot
) -> Iterator[Report]:
    """Report what a comment lists without need.

    Args:
        suppression: the comment.
        used: what of all lists covers a finding.
        applied: the codes of the rules that had their say.
        snapshot: the bundle; nothing is said where one of its texts cannot be read whole.
    """
    if any(source.tree.problems for source in snapshot.bundle.sources.values()):
        return
    codes = codes_by_name()
    needless = {
        index: one.name
        for index, one in enumerate(suppression.listed)
        if one not in used and (code := codes.get(one.name)) in applied and code not in NEVER_SUPPRESSED
    }
    if needless and len(needless) == len(suppression.listed):
        names = ", ".join(dict.fromkeys(needless.values()))
        yield _report(suppression, None, f"no finding of {names} starts here", snapshot)
        return
    for index, name in needless.items():
        yield _report(suppression, index, f"no finding of {name} starts here", snapshot)


def mistaken(snapshot: Snapshot, findings: Iterable[Finding]) -> Iterator[Report]:
    """Report text in block scalars and quotes that would suppress a finding if it were a comment.

    Args:
        snapshot: the bundle.
        findings: those that no comment suppresses.
    """
    texts = snapshot.every(suppression_texts)
    codes = codes_by_name()
    found = [(finding.place.document, finding.place.span.start, finding.code) for finding in findings] if texts else []
    for text in texts:
        meant = {codes.get(name) for name in text.names}
        if any(
            document == text.place.document and code in meant and text.covered.start <= start <= text.covered.end
            for document, start, code in found
        ):
            where = f'the text of "{text.key}"' if text.key else "a text"
            message = f"this is part of {where}, not a comment: write it on the line of the key, or above it"
            fix = Fix("Make a comment of it, on the line of the key", text.moving)
            yield Report(text.place.document, text.place.span, message, (), (fix,) if text.moving else ())


def _report(suppression: Suppression, index: int | None, message: str, snapshot: Snapshot) -> Report:
    """A report on one of the listed codes, or on the whole comment."""
    document, listed = suppression.place.document, suppression.listed
    place = suppression.place if index is None else listed[index].place
    if index is None or len(listed) == 1:
        title, span = "Remove the comment", _with_blanks(suppression, _lines_of(document, snapshot.bundle))
    else:
        title, span = f'Remove "{listed[index].name}" from the comment', _with_comma(listed, index)
    fix = Fix(title, (Edit(Place(document, span), ""),), safe=True)
    return Report(document, place.span, message, (), (fix,), (Tag.UNNECESSARY,))


def _lines_of(document: str, bundle: Bundle) -> LineIndex:
    source = bundle.sources.get(document)
    return source.tree.lines if source is not None else bundle.project.lines


def _with_comma(listed: tuple[Listed, ...], index: int) -> Span:
    """One of several listed codes, and the comma that goes with it."""
    if index == 0:
        return Span(listed[0].place.span.start, listed[1].place.span.start)
    return Span(listed[index - 1].place.span.end, listed[index].place.span.end)


def _with_blanks(suppression: Suppression, lines: LineIndex) -> Span:
    """The comment and the blanks before it; the whole line where nothing else stands on it."""
    span = suppression.place.span
    line = lines.line_of(span.start)
    start = lines.line_start(line)
    if lines.text.startswith("\ufeff", start):
        start += 1
    lead = lines.text[start : span.start]
    if lead.strip():
        return Span(start + len(lead.rstrip()), span.end)
    return Span(start, lines.line_start(line + 1))


RULE = Rule(
    "MFO901",
    "unused-suppression",
    Severity.WARNING,
    select.Selector((Bundle,), _items),
    check,
    more_names=("unknown-code",),
    topics=("unused",),
    fix="safe",
)
