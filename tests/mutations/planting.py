"""How one mistake is planted: a pattern, what takes its place, and the finding that must come of it.

The place of the finding is the mark ``«`` in what is put in; only its line counts. ``\\g<0>`` and its like stand for what the
pattern found, as in ``re``.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TypeAlias

Files: TypeAlias = dict[str, str]
Told: TypeAlias = tuple[str, str, int]
MARK = "«"


@dataclass(frozen=True)
class Kind:
    """One way to go wrong.

    Attributes:
        name: what is done, for people; unique.
        code: of the finding that it must give.
        find: where it can be done: a pattern over lines; each match is a place.
        put: what takes the place of the match, with ``«`` on the line of the finding.
        document: the kind of document: ``workflow``, ``prompts``, ``agents``, ``client``.
        more: further findings that are true as well: other causes by the same stroke, hints included.
    """

    name: str
    code: str
    find: str
    put: str
    document: str = "workflow"
    more: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Planted:
    """A copy with one mistake: what must be said of it, as document, code and 0-based line."""

    kind: Kind
    files: Files
    told: Told


def plant(kind: Kind, files: Files, chance: random.Random, most: int = 1) -> list[Planted]:
    """Copies of right files with the mistake at places chosen by chance, at most ``most`` of them."""
    name = next((name for name in files if kind.document in name), None)
    if name is None:
        return []
    places = list(re.finditer(kind.find, files[name], re.MULTILINE))
    chosen = places if len(places) <= most else chance.sample(places, most)
    return [_planted(kind, files, name, place) for place in chosen]


def _planted(kind: Kind, files: Files, name: str, place: re.Match[str]) -> Planted:
    text = files[name]
    marked = text[: place.start()] + place.expand(kind.put) + text[place.end() :]
    before, mark, after = marked.partition(MARK)
    assert mark, f"{kind.name}: nothing is marked"
    return Planted(kind, {**files, name: before + after}, (name, kind.code, before.count("\n")))
