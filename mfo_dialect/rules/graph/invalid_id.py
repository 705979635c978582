"""An id cannot be used as a name.

## What it finds

Ids of nodes, taskflows and triggers with other characters than letters, digits, dashes and underscores, or that start
with a digit or a dash; nodes that are called like a root of references, such as ``INPUT``.

## Why it matters

References and expressions name nodes by their ids: ``${fetch letter.value}`` cannot be read, and ``INPUT.value`` means
the input.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch letter
    #   ^^^^^^^^^^^^ MFO310 fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_memory_delete
    config: {key: answer}
    dependencies: [fetch letter]
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_memory_delete
    config: {key: answer}
    dependencies: [fetch_letter]
```

## Fix

Give it another id. The fix changes the edges and triggers that name it too.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container, Iterator

from mfo_dialect.analysis.parts import WRITTEN, Part
from mfo_dialect.analysis.scopes import RESERVED_ROOTS, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.sure_values import VALID_ID
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Format, Names, TextType
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import is_null
from mfo_dialect.rules.shape.reading import has_own_tag
from mfo_dialect.syntax import Scalar

_INVALID_RUN = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60


def check(found: tuple[Visit, NodeView | None], snapshot: Snapshot) -> Iterator[Report]:
    """Report one id that cannot be used."""
    visit, view = found
    node = visit.node
    if not isinstance(node, Scalar) or not isinstance(visit.type, TextType) or is_null(node) or node.damaged:
        return
    problem = _problem(node.text, is_node=visit.type.names is Names.NODE_HERE)
    if problem and not has_own_tag(node):
        fresh = _valid_id(node.text, view.flow.by_id if view is not None else ())
        span = node.content_span if node.text else node.span
        hint = f': "{fresh}" would do' if fresh else ""
        fixes = (_fix(visit, _named(visit, node, view, snapshot), fresh),) if fresh else ()
        yield Report(visit.document, span, f"{problem}{hint}", fixes=fixes)


def _problem(text: str, *, is_node: bool) -> str:
    if not text.strip():
        return "the id is empty"
    if is_node and text in RESERVED_ROOTS:
        return f'"{text}" is reserved: references read it as a root'
    if VALID_ID.fullmatch(text):
        return ""
    if text[0].isdigit() or text[0] == "-":
        return f'the id "{text[:_LONGEST]}" must start with a letter or an underscore'
    return f'the id "{text[:_LONGEST]}" may hold only the letters a to z, digits, dashes and underscores'


def _valid_id(text: str, taken: Container[str]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = _INVALID_RUN.sub("_", plain).strip("_-")
    if not words:
        return ""
    if words[0].isdigit():
        words = f"_{words}"
    if words in RESERVED_ROOTS:
        words = words.lower()
    candidates = itertools.chain((words,), (f"{words}_{number}" for number in itertools.count(2)))
    return next(name for name in candidates if name not in taken)


def _named(visit: Visit, node: Scalar, view: NodeView | None, snapshot: Snapshot) -> Iterator[Scalar]:
    """The id, and what names it: the edges of a node's level, the triggers of a taskflow."""
    yield node
    if view is not None:
        naming = dict.fromkeys((*view.level.depending_on(node.text), *view.level.leading_to(node.text)))
        for other in sorted(naming, key=lambda other: other.rank):
            edges = (*other.node.dependencies, *other.node.successors)
            yield from (item for item in edges if item.text == node.text)
    elif isinstance(visit.type, TextType) and visit.type.names is Names.TASKFLOW_HERE:
        for started in snapshot.triggers:
            target = started.trigger.target
            if started.workflow.document == visit.document and target is not None and target.text == node.text:
                yield target


def _fix(visit: Visit, named: Iterator[Scalar], fresh: str) -> Fix:
    edits = {item.content_span: Edit(Place(visit.document, item.content_span), fresh) for item in named}
    return Fix(f'Change to "{fresh}"', tuple(edits.values()))


def _items(part: Part, snapshot: Snapshot) -> Iterator[tuple[Visit, NodeView | None]]:
    """Every id that may be wrong, with the node that it is the id of."""
    for visit in snapshot.doubtful_visits_of(part):
        declared, node = visit.type, visit.node
        if type(declared) is not TextType or declared.format is not Format.IDENTIFIER:
            continue
        if not (type(node) is Scalar and VALID_ID.fullmatch(node.text) and node.text not in RESERVED_ROOTS):
            yield visit, part if isinstance(part, NodeView) and visit.node is part.node.id else None


RULE = Rule(
    "MFO310", "invalid-id", Severity.ERROR, select.Selector(WRITTEN, _items, is_doubtful=True), check, fix="unsafe"
)
