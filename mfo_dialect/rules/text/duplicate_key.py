"""A map has the same key twice.

## What it finds

A key that is written again in the same map, anywhere in the document.

## Why it matters

YAML does not allow it, and readers disagree on which of the two counts. One of them is silently lost.

## Bad

```yaml workflow.yml
workflow_name: letters
taskflows:
  - taskflow_id: read
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: letter}
    description: Reads two letters
    tasks:
#   ^^^^^ MFO102 merge
      - id: again
        type: mfo_api_memory_get
        config: {key: letter}
```

## Good

```yaml workflow.yml
workflow_name: letters
taskflows:
  - taskflow_id: read
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: letter}
      - id: again
        type: mfo_api_memory_get
        config: {key: letter}
    description: Reads two letters
```

## Fix

Merge the two values where both are lists, or both are maps that share no key; else remove one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.parts import WRITTEN, Part, document_key, root_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Fix, Place, Related, Severity
from mfo_dialect.rules.layout import (
    column_of,
    last_line_end,
    line_start,
    next_line,
    remove_pair,
    shifted_lines,
    text_of,
)
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.select import Selector
from mfo_dialect.syntax import Mapping, Node, Pair, ProblemKind, Scalar, Sequence, is_merge_key
from mfo_dialect.text import Span

Found = tuple[str, Mapping]


def _items(part: Part, snapshot: Snapshot) -> list[Found]:
    """The maps with a key that is written twice, merged, or no text."""
    if snapshot.has_only_plain_maps(part):
        return []
    root = part.root if isinstance(part, Document) else root_of(part)
    if root is None or snapshot.borders.get(id(root)) not in {part, None}:
        return []
    return [(document_key(part) or "", mapping) for mapping in _odd_mappings(root, snapshot)]


def _odd_mappings(root: Node, snapshot: Snapshot) -> list[Mapping]:
    """As ``mappings`` gives them, but for those whose keys are all texts and differ, which nearly all are."""
    borders = snapshot.borders
    found: list[Mapping] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            if node.is_plain:
                inner = [value for pair in node.pairs if type(value := pair.value) is not Scalar]
            else:
                found.append(node)
                inner = [one for pair in node.pairs for one in (pair.key, pair.value) if type(one) is not Scalar]
        elif isinstance(node, Sequence):
            inner = [item for item in snapshot.own_items(node) if type(item) is not Scalar]
        else:
            continue
        if inner:
            stack += [one for one in reversed(inner) if id(one) not in borders]
    return found


def check(found: Found, snapshot: Snapshot) -> Iterator[Report]:
    """Report the keys of one map that are written again."""
    document, mapping = found
    first: dict[str, Pair] = {}
    doubles: list[Pair] = []
    for pair in mapping.pairs:
        name = pair.name
        if name is None or is_merge_key(pair.key):
            continue
        if name in first and not _is_torn(document, first[name], pair, snapshot):
            doubles.append(pair)
        first.setdefault(name, pair)
    if len({pair.name for pair in doubles}) >= _SEVERAL and _is_one_run(mapping, doubles):
        yield _report_run(document, doubles)
        return
    for pair in doubles:
        yield _report(document, mapping, first[pair.name or ""], pair, snapshot)


_SEVERAL = 2


def _is_one_run(mapping: Mapping, doubles: list[Pair]) -> bool:
    """Whether a map goes on with keys that it already has, so that the start of another one is missing before them."""
    start = mapping.pairs.index(doubles[0])
    return not mapping.flow and len(doubles) > (len(mapping.pairs) - start) // 2


def _report_run(document: str, doubles: list[Pair]) -> Report:
    related = tuple(Related(Place(document, pair.key.span), f'"{pair.name}" again') for pair in doubles[1:])
    names = ", ".join(f'"{pair.name}"' for pair in doubles)
    message = f"{names} are already keys of this map: is the line missing with which another one starts?"
    return Report(document, doubles[0].key.span, message, related)


def _is_torn(document: str, first: Pair, second: Pair, snapshot: Snapshot) -> bool:
    """Whether a line between the two could not be read that may begin a map of its own, with the second key in it."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return False
    start, end = first.key.span.start, second.key.span.start
    for problem in source.tree.problems:
        place = problem.span.start
        if start < place < end and problem.kind in {ProblemKind.SYNTAX, ProblemKind.TAB}:
            column = column_of(source.text, place)
            if not source.text[place - column : place].strip() and column <= column_of(source.text, end):
                return True
    return False


def _report(document: str, mapping: Mapping, first: Pair, second: Pair, snapshot: Snapshot) -> Report:
    text = text_of(snapshot, document)
    merged = _merge(document, mapping, first, second, text)
    keeps_second = _is_null(first.value) and not _is_null(second.value)
    removal = remove_pair(document, mapping, first if keeps_second else second, text)
    same = first.value.source == second.value.source
    fixes = [Fix(f'Merge into the first "{first.name}"', merged)] if merged else []
    if removal is not None and not (merged and not same):
        which = "first" if keeps_second else "second"
        fixes.append(Fix(f'Remove the {which} "{second.name}"', (removal,), safe=same))
    related = (Related(Place(document, first.key.span), f'the first "{first.name}"'),)
    remedy = "merge the two, or remove one" if merged else "remove one of the two, or rename it"
    return Report(
        document, second.key.span, f'"{second.name}" is already a key of this map: {remedy}', related, tuple(fixes)
    )


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _merge(document: str, mapping: Mapping, first: Pair, second: Pair, text: str) -> tuple[Edit, ...]:
    """The edits that put the second value's lines below the first value's; none where that would not be right."""
    one, other = first.value, second.value
    if mapping.flow or not _can_merge(one, other) or not _starts_line(text, second.key):
        return ()
    start = line_start(text, other.span.start)
    if start <= second.key.span.start or not _starts_below(text, one):
        return ()
    removal = remove_pair(document, mapping, second, text)
    if removal is None:
        return ()
    distance = column_of(text, one.span.start) - column_of(text, other.span.start)
    body = text[next_line(text, second.key.span.end) : last_line_end(text, other.span.end)]
    end = last_line_end(text, one.span.end)
    return Edit(Place(document, Span(end, end)), "\n" + shifted_lines(body, distance)), removal


def _can_merge(one: Node, other: Node) -> bool:
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return not one.flow and not other.flow and bool(one.items) and bool(other.items)
    if isinstance(one, Mapping) and isinstance(other, Mapping) and not one.flow and not other.flow:
        names = {pair.name for pair in one.pairs}
        return names.isdisjoint(pair.name for pair in other.pairs)
    return False


def _starts_line(text: str, node: Node) -> bool:
    start = node.span.start
    return not text[line_start(text, start) : start].strip()


def _starts_below(text: str, node: Node) -> bool:
    return _starts_line(text, node) and not (isinstance(node, Scalar) and node.is_missing)


RULE = Rule("MFO102", "duplicate-key", Severity.ERROR, Selector(WRITTEN, _items), check, fix="safe")
