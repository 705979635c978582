"""The nearest right name for a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise

_MAX_LENGTH = 80
_MANY = 100


def nearest(wrong: str, names: Iterable[str], most: int = 1) -> list[str]:
    """The names that a person may have meant by ``wrong``, nearest first, at most ``most`` of them.

    A name is near when it differs only in case, dashes and underscores, or by about one edit (insertion, deletion,
    substitution, swap of neighbours) in every three letters; nothing is near to a single letter.
    """
    if not wrong or len(wrong) > _MAX_LENGTH:
        return []
    given = tuple(names)
    return list((_kept_near if len(given) > _MANY else _near)(wrong, given)[:most])


def _near(wrong: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return _ranked(wrong, names if len(names) <= _MANY else SpelledNames(names).sharing(wrong))


def _ranked(wrong: str, names: Iterable[str]) -> tuple[str, ...]:
    allowed, folded, length = _allowed(wrong), _folded(wrong), len(wrong)
    ranked: list[tuple[int, str]] = []
    for name in dict.fromkeys(names):
        if name == wrong or abs(len(name) - length) > allowed:
            continue
        distance = 0 if _folded(name) == folded else _distance_within(wrong, name, allowed)
        if distance <= allowed:
            ranked.append((distance, name))
    return tuple(name for _, name in sorted(ranked))


class SpelledNames:
    """Many names, written so that those that may be near to a wrong one are found without looking at each."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names, most of which should stay."""
        self._names = tuple(names)
        joined = "\n".join(self._names)
        lines = _folded(joined)
        is_plain = joined.isascii() and lines.count("\n") == len(self._names) - 1
        self._lines = lines if is_plain else None

    def nearest(self, wrong: str, most: int, is_there: Callable[[str], bool], others: Iterable[str]) -> list[str]:
        """``nearest`` among those of the names that are still there, and others that have come."""
        if not wrong or len(wrong) > _MAX_LENGTH:
            return []
        names = (name for name in (*self.sharing(wrong), *others) if is_there(name))
        return list(_ranked(wrong, names)[:most])

    def sharing(self, wrong: str) -> Iterable[str]:
        """The names that share a piece with a wrong one, as each does that is near to it.

        The wrong name is cut into one piece more than edits are allowed. Between two pieces one letter is left out, so that
        no edit, not even a swap of neighbours, is in two of them: one piece at least is whole in every name that is near.
        """
        names, lines, folded, allowed = self._names, self._lines, _folded(wrong), _allowed(wrong)
        count = allowed + 1
        if lines is None or len(folded) < count + allowed or not folded.isascii():
            return names
        borders = [place * (len(folded) + 1) // count for place in range(count + 1)]
        pieces = [folded[start : end - 1] for start, end in pairwise(borders)]
        if not all(pieces):
            return names
        few = len(names) // 4
        found = [*islice((number for piece in pieces for number in _lines_with(piece, lines)), few)]
        if len(found) < few:
            return [names[number] for number in found]
        each = zip(names, lines.split("\n"), strict=True)  # so many that looking at each is quicker
        return (name for name, line in each if any(piece in line for piece in pieces))


def _lines_with(piece: str, text: str) -> Iterator[int]:
    """The numbers of the lines of a text in which a piece stands."""
    number = last = 0
    place = text.find(piece)
    while place >= 0:
        number += text.count("\n", last, place)
        yield number
        last = text.find("\n", place)
        place = text.find(piece, last) if last >= 0 else -1


_kept_near = lru_cache(maxsize=32)(_near)
"""For where many names are searched, and the same wrong one is written in many places."""


def did_you_mean(wrong: str, names: Iterable[str]) -> str:
    """``; did you mean "name"?`` for the end of a message, or nothing where no name is near."""
    return perhaps(nearest(wrong, names))


def perhaps(near: Sequence[str]) -> str:
    """The same for names that are known to be near, the nearest first."""
    return f'; did you mean "{near[0]}"?' if near else ""


def edit_distance(left: str, right: str, most: int | None = None) -> int:
    """The least number of insertions, deletions, substitutions and swaps of neighbours between two words.

    Args:
        left: one word.
        right: the other one.
        most: where it is more, any number that is more will do.
    """
    two_above: list[int] = []
    above = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        if most is not None and min(row) > most and min(above) > most:
            return most + 1
        two_above, above = above, row
    return above[-1]


def _distance_within(left: str, right: str, most: int) -> int:
    """``edit_distance`` where that is at most ``most``, else a larger number; quick, as most words are far apart."""
    shorter = min(len(left), len(right))
    start = 0
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    one, other = left[start : len(left) - end], right[start : len(right) - end]
    if len(one) > most and len(set(one).difference(other)) > most:
        return most + 1
    if not one or not other:
        return len(one) or len(other)
    if most == 1 and len(one) + len(other) > 2:  # noqa: PLR2004 - one letter of each
        return 1 if len(one) == len(other) == 2 and one == other[::-1] else 2  # noqa: PLR2004 - two neighbours
    return edit_distance(one, other, most)


def _allowed(word: str) -> int:
    return min(len(word) - 1, max(1, min(3, len(word) // 3)))


def _folded(word: str) -> str:
    return word.replace("-", "").replace("_", "").casefold()
