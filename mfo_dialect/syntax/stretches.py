"""Small questions about blocks and their stretches; nothing here reads or changes a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mfo_dialect.syntax.blocks import Container, Header, Leaf, Part, Stretch, Unit
from mfo_dialect.syntax.document import Problem
from mfo_dialect.syntax.events import readable_text
from mfo_dialect.syntax.tree import Node, Pair

_CONTENT = re.compile(r"^[ \t]*[^ \t\r\n#]", re.MULTILINE)
_LONE_RETURN = re.compile(r"\r(?!\n)")

SpareKey = tuple[str, int, int, bool]
Spare = dict[SpareKey, list[Leaf]]


@dataclass(frozen=True, slots=True)
class ChangedBlock:
    """A block that is there no more, or is new.

    Attributes:
        path: the nodes of the collections around it, from the root to the one that it is a part of.
        parts: its items or pairs; one, or none or several where it is broken.
    """

    path: tuple[Node, ...]
    parts: tuple[Part, ...]


def is_odd(text: str) -> bool:
    """Whether a text holds characters or line breaks that not everybody reads alike."""
    return readable_text(text)[1] is not None or ("\r" in text and _LONE_RETURN.search(text) is not None)


def is_between(text: str) -> bool:
    """Whether a text is nothing but whole lines that are blank or comments."""
    return text.endswith("\n") and not _CONTENT.search(text)


def last_inside(unit: Unit) -> Container:
    """The innermost collection at the end of one."""
    assert isinstance(unit, Container)
    while isinstance(unit.children[-1], Container):
        unit = unit.children[-1]
    return unit


def depends_on(leaf: Leaf, offset: int, new_text: str) -> bool:
    """Whether the reading of a block may change when ``new_text`` is put at ``offset``."""
    base = leaf.base
    if offset < base:
        return False
    return offset <= base + leaf.seen or (bool(leaf.awaited) and leaf.awaited in new_text)


def container_around(stretch: Stretch) -> Container | None:
    """The collection that a leaf is a block of, or that the collection of a header is a block of."""
    container = stretch.container
    return container.parent if isinstance(stretch, Header) and container is not None else container


def shared_container(one: Container | None, other: Container | None) -> Container | None:
    """The innermost collection that two are in; None where there is none."""
    around = set(map(id, other.around())) if other is not None else set[int]()
    return next((container for container in one.around() if id(container) in around), None) if one else None


def pieces_until(unit: Unit, stretch: Stretch) -> str:
    """The text of a block before one of its stretches."""
    found: list[str] = []
    for piece in unit.pieces:
        if piece is stretch:
            break
        found.append(piece.text)
    return "".join(found)


def pieces_behind(unit: Unit, stretch: Stretch) -> str:
    """The text of a block behind one of its stretches."""
    if unit is stretch:
        return ""
    pieces = unit.pieces
    place = next(index for index, piece in enumerate(pieces) if piece is stretch)
    return "".join([piece.text for piece in pieces[place + 1 :]])


def lead_at(container: Container, index: int) -> int:
    """How far in the first line of a child begins without white space of its own."""
    return container.lead if index == 0 and container.header is None else 0


def settle_all(container: Container) -> None:
    """Bring the nodes of a collection and of all inside it up to date, inner ones first."""
    for child in container.children:
        if isinstance(child, Container):
            settle_all(child)
    container.settle()


def leaves_of(unit: Unit) -> Iterator[Leaf]:
    """The leaves of a block."""
    return (piece for piece in unit.pieces if isinstance(piece, Leaf))


def spare_of(units: list[Unit]) -> Spare:
    """The sound leaves of blocks, by what they depend on."""
    found: Spare = {}
    for unit in units:
        for leaf in leaves_of(unit):
            if leaf.is_sound:
                found.setdefault(spare_key(leaf), []).append(leaf)
    return found


def spare_key(leaf: Leaf) -> SpareKey:
    """What the reading of a leaf depends on."""
    assert leaf.container is not None
    return leaf.text, leaf.lead, leaf.container.depth, leaf.container.frame.is_list


def key_node(header: Header) -> Node:
    """The key that a header writes."""
    pair = header.parts[0]
    assert isinstance(pair, Pair)
    return pair.key


def text_of(unit: Unit) -> str:
    """A block's text."""
    return unit.text


def base_of(unit: Unit) -> int:
    """Where a block starts."""
    return unit.base


def changed_block(stretch: Stretch) -> ChangedBlock:
    """A stretch as those outside see it."""
    container = container_around(stretch)
    return ChangedBlock(container.path() if container is not None else (), stretch.parts)


def moved_problem(problem: Problem, distance: int) -> Problem:
    """A problem so much further on."""
    related = tuple((span.shifted(distance), words) for span, words in problem.related)
    return replace(problem, span=problem.span.shifted(distance), related=related)
