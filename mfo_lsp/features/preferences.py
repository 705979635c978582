"""What the user of an editor prefers; a frozen value that every feature is given. It knows no protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import cast


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings of one editor session.

    Attributes:
        hints: whether findings of the severity "hint" are shown.
        code_lenses: whether anything is offered above lines: above every taskflow, to run or to show it.
        reference_lenses: whether the places are counted that name a prompt template or an agent.
        task_lenses: whether "Run task" is offered above every task.
        formatting: whether documents are laid out when the editor asks for it.
        inlay_types: whether the types of references and computed values are shown beside them.
        inlay_branches: whether the branches of conditions are numbered.
        inlay_schedules: whether cron expressions are followed by what they say.
        inlay_templates: whether names of prompt templates are followed by what they are called or how they begin.
    """

    hints: bool = True
    code_lenses: bool = True
    reference_lenses: bool = True
    task_lenses: bool = False
    formatting: bool = True
    inlay_types: bool = True
    inlay_branches: bool = True
    inlay_schedules: bool = True
    inlay_templates: bool = True


def read_preferences(options: object) -> Preferences:
    """The preferences in a client's initialisation options, written ``{"codeLenses": false}``.

    Args:
        options: any value; what is unknown or of another type is passed over, so that no client fails on it.
    """
    return Preferences(**said_preferences(options))


def said_preferences(options: object) -> dict[str, bool]:
    """What a client's options say of preferences, by the names of the fields."""
    said = cast("Mapping[str, object]", options if isinstance(options, Mapping) else {})
    known = {field.name: said.get(setting_name(field.name)) for field in fields(Preferences)}
    return {name: value for name, value in known.items() if isinstance(value, bool)}


def setting_name(name: str) -> str:
    """How clients write the name of a preference: ``codeLenses``."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
