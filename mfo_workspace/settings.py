"""Which settings a project file makes, with their places, and the defaults that count without them. It knows no protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.model.project import Project
from mfo_dialect.text import Span

_NAMES_ONLY = frozenset({"servers"})
"""Tables whose values are not shown: an address may hold a password."""


@dataclass(frozen=True, slots=True)
class ProjectSetting:
    """A setting in force.

    Attributes:
        name: as the project file writes it: ``check.select``, ``rules.MFO404``.
        value: as it counts; of servers their keys alone.
        place: where the project file says so; None for a default.
    """

    name: str
    value: object
    place: Span | None


def settings_in_force(project: Project) -> Iterator[ProjectSetting]:
    """What the project file sets, and the default of what says which rules run, in the order of the file."""
    if "check" not in project.data or "select" not in project.section("check"):
        yield ProjectSetting("check.select", ["default"], None)
    for name, value in project.data.items():
        table = project.section(name)
        for key, inner in table.items():
            shown = sorted(project.section(name)[key]) if name in _NAMES_ONLY and isinstance(inner, dict) else inner
            yield ProjectSetting(f"{name}.{key}", shown, project.place_of(name, key))
        if not table:
            yield ProjectSetting(name, value, project.place_of(name))
