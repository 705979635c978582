"""One finding per cause: what only repeats another finding is left out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from mfo_dialect.findings import Finding, Place

_INVISIBLE = "MFO107"
_UNKNOWN_KEY = "MFO201"
_LONGEST_NAME = 200


def one_per_cause(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that say the same of the same place, and without those on names with invisible letters.

    A map that an alias or a merge key brings to several places is looked at in each of them; and a name with an
    invisible character is unknown only because of it.
    """
    kept = list({what_is_said(one.code, one.place, one.message): one for one in reversed(list(findings))}.values())[
        ::-1
    ]
    invisible = [one.place for one in kept if one.code == _INVISIBLE]
    if not invisible:
        return kept
    return [one for one in kept if one.code == _INVISIBLE or not _is_name_with(one.place, invisible)]


def what_is_said(code: str, place: Hashable, message: str) -> Hashable:
    """What findings that say the same have in common: a key that no map knows is one mistake, whatever maps miss."""
    return (code, place) if code == _UNKNOWN_KEY else (code, place, message)


def _is_name_with(place: Place, invisible: list[Place]) -> bool:
    span = place.span
    return span.end - span.start <= _LONGEST_NAME and any(
        other.document == place.document and span.start <= other.span.start and other.span.end <= span.end
        for other in invisible
    )
