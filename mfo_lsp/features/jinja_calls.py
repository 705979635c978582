"""Which filter, test or function of jinja2 is called at a place of a template, and which of its parameters is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mfo_dialect.templates.jinja.signatures import JinjaCallable, jinja_filter, jinja_function, jinja_test
from mfo_dialect.templates.jinja.tokens import jinja_tokens

_BEGINS = frozenset({"variable_begin", "block_begin"})
_ENDS = frozenset({"variable_end", "block_end"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class JinjaCall:
    """A call that is open.

    Attributes:
        called: what is called.
        typed: how many arguments are whole before the one that is being typed.
        keyword: the name of the argument that is being typed; empty where it has none.
    """

    called: JinjaCallable
    typed: int = 0
    keyword: str = ""

    @property
    def active(self) -> int | None:
        """The index of the parameter that is being typed; None where it is none of them."""
        parameters = self.called.parameters
        if self.keyword:
            named = (index for index, parameter in enumerate(parameters) if parameter.name == self.keyword)
            return next(named, None)
        if self.typed < len(parameters):
            return self.typed
        return len(parameters) - 1 if parameters and parameters[-1].repeats else None


def jinja_call_at(source: str, index: int) -> JinjaCall | None:
    """The innermost call whose bracket is open at an offset of a template's text; None where there is none."""
    opened: list[JinjaCall | None] = []
    before: list[str] = []
    for kind, text, span in jinja_tokens(source):
        if span.end > index:
            if kind == "string" and span.start < index:
                return None
            break
        if kind in _BEGINS or kind in _ENDS:
            opened, before = [], []
        elif kind == "operator":
            _take(opened, text, before)
        if kind != "whitespace":
            before.append(text)
    return opened[-1] if opened else None


def _take(opened: list[JinjaCall | None], mark: str, before: Sequence[str]) -> None:
    """Take in an operator: brackets open and close, commas part arguments, an equals sign names one."""
    if mark in _OPENING:
        opened.append(_call(before) if mark == "(" else None)
    elif mark in _CLOSING:
        if opened:
            opened.pop()
    elif opened and (call := opened[-1]) is not None:
        if mark == ",":
            opened[-1] = replace(call, typed=call.typed + 1, keyword="")
        elif mark == "=" and before:
            opened[-1] = replace(call, keyword=before[-1])


def _call(before: Sequence[str]) -> JinjaCall | None:
    """What a round bracket behind some words calls; None where it only groups, or where that is not known."""
    name = before[-1] if before else ""
    mark = before[-2] if len(before) > 1 else ""
    is_test = mark == "is" or (mark == "not" and len(before) > 2 and before[-3] == "is")  # noqa: PLR2004 - a third word
    called = jinja_filter(name) if mark == "|" else jinja_test(name) if is_test else None
    if called is None and mark not in {"|", "."} and not is_test:
        called = jinja_function(name)
    return JinjaCall(called) if called is not None else None
