"""The one run that a person means by an id, the beginning of one, or ``last``."""

from __future__ import annotations

from collections.abc import Sequence

from mfo_runtime.errors import InvalidInputError
from mfo_runtime.journal.rows import StoredRun

LATEST = "last"
"""In place of a run's id: the run that was begun last."""


def only_run(found: Sequence[StoredRun], name: str, place: str) -> StoredRun:
    """The run of a name.

    Args:
        found: the runs that fit, at least two where there are more than one; one whose id is the whole name comes first.
        name: what was asked for.
        place: where was looked, in a word.

    Raises:
        InvalidInputError: there is none, or several fit.
    """
    if not found:
        raise InvalidInputError(
            f"The {place} has no run." if name == LATEST else f'The {place} has no run "{name}".',
            hint="mfo runs lists those that there are.",
        )
    if len(found) > 1 and found[0].id != name:
        raise InvalidInputError(f'Several runs begin with "{name}".', hint="Give more of the id; mfo runs lists them.")
    return found[0]
