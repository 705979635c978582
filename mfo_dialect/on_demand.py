"""Packages whose parts are loaded when somebody asks for them: a check of one file loads what that file needs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def load_on_demand(package: str, parts: Mapping[str, Iterable[str]]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package that loads a name's module when the name is first asked for.

    The package says the same to type checkers by imports below ``if TYPE_CHECKING``.

    Args:
        package: the package's name.
        parts: the names of its front, by the module that defines them, which is part of the front too; no name may be a
            module's as well.

    Returns:
        The function; it raises AttributeError for what is no part of the front.
    """
    places = {name: module for module, names in parts.items() for name in names}

    def find(name: str) -> object:
        if name in parts:
            return import_module(f"{package}.{name}")
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
