"""How jinja2's filters, tests and global functions are called, as jinja2 itself declares them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from mfo_dialect.templates.jinja.sandbox import DEFAULT

_ROLE = re.compile(r":\w+:`~?([^`]*)`")
_PASSED = "jinja_pass_arg"
_NOT_HELP = re.compile(r"\n\s*(?:\.\. |>>> |:copyright|(?:\.\. )?versionadded)")


@dataclass(frozen=True, slots=True)
class JinjaParameter:
    """One parameter.

    Attributes:
        name: as jinja2 calls it.
        label: the name with what it is by default.
        repeats: whether it stands for any number of arguments.
    """

    name: str
    label: str
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class JinjaCallable:
    """Something that a jinja2 template can call.

    Attributes:
        name: its name.
        parameters: those in its brackets: of a filter or test, not the value that it is asked of.
        documentation: the first paragraph of what jinja2 says of it, in Markdown.
    """

    name: str
    parameters: tuple[JinjaParameter, ...]
    documentation: str

    @property
    def signature(self) -> str:
        """Name and parameters in one line."""
        return f"{self.name}({', '.join(parameter.label for parameter in self.parameters)})"


def jinja_filter(name: str) -> JinjaCallable | None:
    """The filter of a name; None where there is none."""
    return _described(name, DEFAULT.filters.get(name), given=1)


def jinja_test(name: str) -> JinjaCallable | None:
    """The test of a name; None where there is none."""
    return _described(name, cast("Callable[..., Any] | None", DEFAULT.tests.get(name)), given=1)


def jinja_function(name: str) -> JinjaCallable | None:
    """The global function of a name; None where there is none."""
    return _OF_PYTHON.get(name) or _described(
        name, cast("Callable[..., Any] | None", DEFAULT.globals.get(name)), given=0
    )


def jinja_functions() -> tuple[str, ...]:
    """The names of the global functions."""
    return tuple(sorted(cast("dict[str, Any]", DEFAULT.globals)))


@cache
def _described(name: str, function: Callable[..., Any] | None, given: int) -> JinjaCallable | None:
    if function is None or name.startswith(" "):
        return None
    meant = inspect.unwrap(function)
    return JinjaCallable(name, tuple(_parameters(meant, given + hasattr(meant, _PASSED))), _first_words(meant))


def _parameters(function: Callable[..., Any], given: int) -> Iterator[JinjaParameter]:
    """The parameters but for the first ``given``, which jinja2 fills in."""
    try:
        declared = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a builtin that does not say
        return
    for number, parameter in enumerate(declared):
        repeats = parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
        if number >= given or repeats:
            default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
            star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
            yield JinjaParameter(parameter.name, f"{star}{parameter.name}{default}", repeats)


def _first_words(function: Callable[..., Any]) -> str:
    text = _NOT_HELP.split(f"\n{inspect.getdoc(function) or ''}", maxsplit=1)[0].strip()
    first = " ".join(text.split("\n\n", 1)[0].split()).removesuffix("::")
    return _ROLE.sub(r"`\1`", first).replace("``", "`")


_OF_PYTHON = {
    "range": JinjaCallable(
        "range",
        (JinjaParameter("start", "start=0"), JinjaParameter("stop", "stop"), JinjaParameter("step", "step=1")),
        "The whole numbers from `start` up to `stop`, which is left out; one number alone is `stop`.",
    ),
    "dict": JinjaCallable("dict", (JinjaParameter("items", "**items", repeats=True),), "A map of the named values."),
}
