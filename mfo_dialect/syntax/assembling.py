"""What is settled once all nodes of a document stand: aliases find their anchors, damage is marked upwards.

It knows nodes and places, not how they were read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from mfo_dialect.syntax.document import Problem, ProblemKind, YamlDocument
from mfo_dialect.syntax.navigation import children_of
from mfo_dialect.syntax.tree import Alias, Node
from mfo_dialect.text import Span


def link_aliases(anchored: Iterable[Node], aliases: Iterable[Alias]) -> list[Problem]:
    """Give the aliases of one document their targets.

    An alias means the nearest node before it that has its anchor, as YAML says. One inside its own anchor stays
    without a target, so that no walk along targets goes in circles.

    Returns:
        The anchors written twice and the aliases to nothing.
    """
    problems: list[Problem] = []
    known: dict[str, Node] = {}
    places: list[tuple[int, Node]] = [(node.span.start, node) for node in (*anchored, *aliases)]
    for _, node in sorted(places, key=lambda place: place[0]):
        if isinstance(node, Alias):
            target = known.get(node.name)
            if target is not None and target.span.end < node.span.end:
                node.target = target
            else:
                problems.append(_undefined(node, target))
        elif node.anchor is not None:
            if node.anchor in known:
                problems.append(_duplicate(node, known[node.anchor], node.anchor))
            known[node.anchor] = node
    return problems


def _undefined(alias: Alias, target: Node | None) -> Problem:
    if target is None:
        message = f"no anchor &{alias.name} stands before this alias"
        return Problem(ProblemKind.UNDEFINED_ALIAS, message, alias.span)
    message = f"the alias *{alias.name} stands inside the value that it means"
    related = ((target.span, f"the value of &{alias.name}"),)
    return Problem(ProblemKind.UNDEFINED_ALIAS, message, alias.span, related)


def _duplicate(node: Node, first: Node, name: str) -> Problem:
    message = f"the anchor &{name} is already used; aliases below mean this one"
    related = ((_anchor_span(first, name), f"the first &{name}"),)
    return Problem(ProblemKind.DUPLICATE_ANCHOR, message, _anchor_span(node, name), related)


def _anchor_span(node: Node, name: str) -> Span:
    written = f"&{name}"
    place = node.origin.text.rfind(written, 0, node.start + len(written))
    return node.span if place < 0 else Span(place, place + len(written)).shifted(node.origin.base)


def mark_damage(root: Node, problems: Iterable[Problem]) -> None:
    """Mark the innermost node at each problem, and all around it, as damaged.

    A conflict damages every list and map that has a part on either side.
    """
    spans: list[Span] = []
    for problem in problems:
        if problem.kind is ProblemKind.CONFLICT_MARKER:
            _damage_across(root, problem.span)
        elif problem.kind is not ProblemKind.DUPLICATE_ANCHOR:
            spans.append(problem.span)
    _damage_around(root, sorted(spans))


def damage_at(root: Node, span: Span) -> None:
    """Mark ``root`` and every node below it that holds all of ``span``."""
    _damage_around(root, [span])


def _damage_around(root: Node, spans: list[Span]) -> None:
    """Mark the nodes that hold all of some span; ``spans`` are sorted."""
    waiting = [(root, spans)] if spans else []
    while waiting:
        node, held = waiting.pop()
        node.damaged = True
        starts = [span.start for span in held]
        for child in children_of(node):
            place = child.span
            within = held[bisect_left(starts, place.start) : bisect_right(starts, place.end)]
            inside = [span for span in within if span.end <= place.end]
            if inside:
                waiting.append((child, inside))


def _damage_across(root: Node, span: Span) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        node.damaged = True
        waiting += [child for child in children_of(node) if children_of(child) and child.span.overlaps(span)]


def mark_all(documents: Iterable[YamlDocument], problems: Sequence[Problem]) -> None:
    """Mark the damage that problems do to the documents that they stand in."""
    for document in documents:
        inside = [problem for problem in problems if document.span.overlaps(problem.span)]
        if document.root is not None:
            mark_damage(document.root, inside)
