"""An alias has no anchor, an anchor is written twice, or nothing uses it.

## What it finds

``*name`` where no ``&name`` stands above it; a second ``&name`` in one document, which changes what the aliases below
it mean; and an anchor that no alias uses.

## Why it matters

YAML refuses a file with an alias to nothing. A doubled anchor is legal and seldom meant.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: &letter
      key: letter
  - id: again
    type: mfo_api_memory_get
    config: *leter
    #       ^^^^^^ MFO105 did you mean "letter"?
  - id: third
    type: mfo_api_memory_get
    config: *letter
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: &letter
      key: letter
  - id: again
    type: mfo_api_memory_get
    config: *letter
```

## Fix

Write the name of an anchor that stands above, or put the text in quotes where no alias was meant. An unused anchor can
be removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Fix, Place, Severity, Tag
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.problems import problems_of, related_of
from mfo_dialect.rules.text.walking import nodes_below
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Alias, Node, Problem, ProblemKind
from mfo_dialect.text import Span

_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)[ \t]*")
_FAR = 400


def check(source: Source, _snapshot: Snapshot) -> Iterator[Report]:
    """Report what is wrong with the anchors and aliases of one text."""
    for problem in problems_of(source, ProblemKind.UNDEFINED_ALIAS, ProblemKind.DUPLICATE_ANCHOR):
        if problem.kind is ProblemKind.UNDEFINED_ALIAS:
            yield _undefined(source, problem)
        else:
            related = related_of(source, problem)
            yield Report(
                source.key, problem.span, problem.message, related, severity=Severity.WARNING, name="duplicate-anchor"
            )
    yield from _unused(source)


def _undefined(source: Source, problem: Problem) -> Report:
    written = source.text[problem.span.start : problem.span.end]
    names = () if problem.related else tuple(_anchors_before(source, problem.span.start))
    name_span = Span(problem.span.start + 1, problem.span.end)
    fixes = rename_to_nearest(source.key, name_span, written[1:], names)
    if not fixes:
        fixes = (replace_text(source.key, problem.span, f'"{written}"', "Put it in quotes: it is text"),)
    message = f"{problem.message}{did_you_mean(written[1:], names)}"
    return Report(source.key, problem.span, message, related_of(source, problem), fixes)


def _anchors_before(source: Source, offset: int) -> Iterator[str]:
    for document in source.tree.documents:
        if document.root is not None and document.span.start <= offset < document.span.end:
            for node in nodes_below(document.root):
                if node.anchor is not None and node.span.start < offset:
                    yield node.anchor


def _unused(source: Source) -> Iterator[Report]:
    if not source.may_have_anchors:
        return
    for tree, document in zip(source.tree.documents, source.documents, strict=False):
        if tree.root is None or document.kind is None or tree.root.damaged:
            continue
        nodes = list(nodes_below(tree.root))
        used = {id(node.target) for node in nodes if isinstance(node, Alias)}
        names = Counter(node.anchor for node in nodes if node.anchor is not None)
        for node in nodes:
            if node.anchor is not None and id(node) not in used and names[node.anchor] == 1:
                yield from _report_unused(source, node, node.anchor)


def _report_unused(source: Source, node: Node, name: str) -> Iterator[Report]:
    written = _written_anchor(source.text, node, name)
    if written is None:
        return
    span, with_space = written
    fix = Fix("Remove the anchor", (Edit(Place(source.key, with_space), ""),), safe=True)
    message = f"no alias uses the anchor &{name}"
    yield Report(source.key, span, message, (), (fix,), (Tag.UNNECESSARY,), Severity.HINT, "unused-anchor")


def _written_anchor(text: str, node: Node, name: str) -> tuple[Span, Span] | None:
    """Where ``&name`` stands before a node: the mark itself, and with the space behind it."""
    last: tuple[Span, Span] | None = None
    for match in _ANCHOR.finditer(text, max(0, node.span.start - _FAR), node.span.start + len(name) + 2):
        if match[1] == name:
            last = Span(match.start(), match.end(1)), Span(*match.span())
    if last is None or text[last[1].end : last[1].end + 1] not in {"\n", "\r", ""}:
        return last
    before = text[: last[0].start].rstrip(" \t")
    return last[0], Span(len(before), last[1].end)


RULE = Rule(
    "MFO105",
    "undefined-alias",
    Severity.ERROR,
    select.sources,
    check,
    more_names=("duplicate-anchor", "unused-anchor"),
    fix="safe",
)
