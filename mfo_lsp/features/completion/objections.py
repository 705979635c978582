"""Candidates that something written elsewhere speaks against, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import IntEnum

from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.slot import Candidate


class Objection(IntEnum):
    """What speaks against a choice; a larger one weighs more."""

    NONE = 0
    LACKS = 1
    """What is written around it fits, and lacks something that the choice needs."""
    CLASHES = 2
    """What is written around it does not fit it, or somebody reads what it does not give."""


def is_meant(typed: str, name: str) -> bool:
    """Whether the letters that are typed stand in a name in their order: only then an editor shows it."""
    letters = iter(name.lower())
    return all(letter in letters for letter in typed.lower())


def least_opposed(
    candidates: Iterable[tuple[Candidate, Objection]], place: Place, *, offers_some: bool = True
) -> Iterator[Candidate]:
    """Those that nothing speaks against.

    Where the letters that are typed stand for none of these, somebody wants another one: then those that less speaks
    against than against all others. Those that are left out come back as more is typed, so what is given is narrowed.

    Args:
        candidates: all that there are, with what speaks against each.
        place: where they would stand.
        offers_some: whether some are given before anything is typed, though something speaks against all of them.
    """
    judged = list(candidates)
    typed = place.before().strip()
    meant = [objection for candidate, objection in judged if is_meant(typed, candidate.text)]
    wanted = meant if typed else []
    if not wanted and offers_some:
        wanted = [objection for _, objection in judged]
    most = min(wanted, default=Objection.NONE)
    is_narrowed = any(objection > most for _, objection in judged)
    for candidate, objection in judged:
        if objection <= most:
            yield replace(candidate, rank=candidate.rank + 4 * objection, is_narrowed=is_narrowed)
