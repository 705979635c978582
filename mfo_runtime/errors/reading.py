"""Errors that were written down as data, as errors again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mfo_runtime.errors.failure import Facts, MfoError, Place


def error_from_data(data: Mapping[str, Any]) -> MfoError:
    """The error that ``to_data`` described, of the same class; of a code that is not known here, a plain one."""
    kind = _kinds().get(str(data.get("code")), MfoError)
    known = {name: data[name] for name in Facts.__annotations__ if name in data}
    if "place" in known:
        known["place"] = _place(str(known["place"]))
    return kind(str(data.get("message", "")), **cast("Facts", known))


def error_codes() -> tuple[str, ...]:
    """The codes that a failed run or task can have, sorted."""
    return tuple(sorted(_kinds()))


def _place(text: str) -> Place | str:
    file, _, rest = text.rpartition(":")
    file, _, line = file.rpartition(":")
    return Place(file, int(line), int(rest)) if file and line.isdecimal() and rest.isdecimal() else text


def _kinds() -> dict[str, type[MfoError]]:
    """The classes by their codes, the outer one where several share one."""
    found: dict[str, type[MfoError]] = {}
    waiting: list[type[MfoError]] = [MfoError]
    while waiting:
        kind = waiting.pop(0)
        found.setdefault(kind.code, kind)
        waiting.extend(kind.__subclasses__())
    return found
