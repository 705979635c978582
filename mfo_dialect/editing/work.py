"""How much an edited bundle has cost so far, so that a test sees when something is done again that need not be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """How much was done so far.

    Attributes:
        parts: how many times rules looked at a part, and what they asked for was noted.
        unnoted: how many times they looked at one with nothing noted.
        noted: on how many facts rules were found to depend, for each look at a part.
        facts: how many times a fact was computed.
        whole: how many times a text was read as a new one.
        surprises: how many of them because of an error of ours.
    """

    parts: int = 0
    unnoted: int = 0
    noted: int = 0
    facts: int = 0
    whole: int = 0
    surprises: int = 0
