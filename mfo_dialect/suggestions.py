"""The nearest right name for a wrong one."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_LENGTH = 80


def nearest(wrong: str, names: Iterable[str], most: int = 1) -> list[str]:
    """The names that a person may have meant by ``wrong``, nearest first, at most ``most`` of them.

    A name is near when it differs only in case, dashes and underscores, or by about one edit (insertion, deletion,
    substitution, swap of neighbours) in every three letters; nothing is near to a single letter.
    """
    if not wrong or len(wrong) > _MAX_LENGTH:
        return []
    ranked: list[tuple[int, str]] = []
    for name in dict.fromkeys(names):
        if name == wrong or abs(len(name) - len(wrong)) > _allowed(wrong):
            continue
        distance = 0 if _folded(name) == _folded(wrong) else edit_distance(wrong, name)
        if distance <= _allowed(wrong):
            ranked.append((distance, name))
    return [name for _, name in sorted(ranked)[:most]]


def did_you_mean(wrong: str, names: Iterable[str]) -> str:
    """``; did you mean "name"?`` for the end of a message, or nothing where no name is near."""
    best = nearest(wrong, names)
    return f'; did you mean "{best[0]}"?' if best else ""


def edit_distance(left: str, right: str) -> int:
    """The least number of insertions, deletions, substitutions and swaps of neighbours between two words."""
    two_above: list[int] = []
    above = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        two_above, above = above, row
    return above[-1]


def _allowed(word: str) -> int:
    return min(len(word) - 1, max(1, min(3, len(word) // 3)))


def _folded(word: str) -> str:
    return word.replace("-", "").replace("_", "").casefold()
