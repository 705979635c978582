"""Finding symbols of a bundle by what somebody types: letters in order, the best matches first. It knows no protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_lsp.features.document_symbols import OutlineEntry, document_symbols

MAX_FOUND = 256
_MAX_QUERY = 200
_SEPARATORS = ("::", "/")
_EXACT, _START, _WORD_STARTS, _INSIDE, _LETTERS = range(5)


@dataclass(frozen=True, slots=True)
class FoundSymbol:
    """One match.

    Attributes:
        rank: the smaller, the better; comparable between bundles.
        document: the key of the text.
        entry: what was found.
        container: the names around it, joined by dots; empty at the top.
    """

    rank: tuple[int, int, str, str, int]
    document: str
    entry: OutlineEntry
    container: str


def find_symbols(snapshot: Snapshot, query: str) -> tuple[FoundSymbol, ...]:
    """The symbols of a bundle's own documents that a query matches, the best first, ``MAX_FOUND`` at most.

    Args:
        snapshot: the bundle.
        query: letters that the name has in this order, in either case; an upper-case letter asks for itself. What
            stands before a dot, a slash or ``::`` is looked for in the names around. An empty query matches all.
    """
    around, wanted = _parts(query[:_MAX_QUERY])
    found = (match for source in snapshot.sources for match in _in_document(snapshot, source.key, around, wanted))
    return best(found)


def best(found: Iterable[FoundSymbol]) -> tuple[FoundSymbol, ...]:
    """The best of some matches, which may come from several bundles; what two of them found counts once."""
    different = {(match.document, match.entry.name_span, match.entry.name): match for match in found}
    return tuple(nsmallest(MAX_FOUND, different.values(), key=lambda match: match.rank))


def _parts(query: str) -> tuple[list[str], str]:
    for separator in _SEPARATORS:
        query = query.replace(separator, ".")
    *around, wanted = "".join(query.split()).split(".")
    return [part for part in around if part], wanted


def _in_document(snapshot: Snapshot, document: str, around: list[str], wanted: str) -> Iterator[FoundSymbol]:
    waiting: list[tuple[OutlineEntry, tuple[str, ...]]] = [
        (entry, ()) for entry in reversed(document_symbols(snapshot, document))
    ]
    while waiting:
        entry, names = waiting.pop()
        waiting += [(child, (*names, entry.name)) for child in reversed(entry.children)]
        score = match_name(wanted, entry.name)
        if score is not None and _stands_in(around, names):
            rank = (score, len(entry.name), entry.name.lower(), document, entry.name_span.start)
            yield FoundSymbol(rank, document, entry, ".".join(names))


def _stands_in(around: list[str], names: tuple[str, ...]) -> bool:
    """Whether the names around a symbol match the wanted ones in order."""
    left = iter(names)
    return all(any(match_name(part, name) is not None for name in left) for part in around)


def match_name(wanted: str, name: str) -> int | None:
    """How well a name matches: 0 is the name itself, larger is worse; None where letters are missing."""
    lowered, low_name = wanted.lower(), name.lower()
    if not _has_letters(wanted, name):
        return None
    if lowered == low_name:
        return _EXACT
    if low_name.startswith(lowered):
        return _START
    if _has_letters(lowered, _initials(name)):
        return _WORD_STARTS
    return _INSIDE if lowered in low_name else _LETTERS


def _has_letters(wanted: str, name: str) -> bool:
    left = iter(name)
    return all(any(_fits(letter, other) for other in left) for letter in wanted)


def _fits(wanted: str, letter: str) -> bool:
    return wanted == letter if wanted.isupper() else wanted == letter.lower()


def _initials(name: str) -> str:
    """The first letters of the words of a name: after ``_``, ``-`` or a space, and upper case after lower case."""
    starts = (
        letter
        for before, letter in zip(f"_{name}", name, strict=False)
        if letter.isalnum() and (not before.isalnum() or (letter.isupper() and before.islower()))
    )
    return "".join(starts).lower()
