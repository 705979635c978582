"""What a test expects against what came: one mismatch for each expectation that is not met."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from mfo_dialect.expressions import ExpressionError, evaluate
from mfo_runtime.errors import Place
from mfo_runtime.flow import RunOutcome
from mfo_runtime.testing.test_files import FlowTest

_LONGEST_SHOWN = 300
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An expectation that is not met: where it is written, and what came instead."""

    place: Place
    message: str


def mismatches(test: FlowTest, outcome: RunOutcome, calls: list[dict[str, Any]]) -> Iterator[Mismatch]:
    """What of a test's expectations is not met.

    Args:
        test: the test.
        outcome: how the run ended.
        calls: what was called: ``task``, ``method``, ``path`` and ``body`` of each request.
    """
    expect = _map_at(test.settings, "expect")
    error = outcome.error
    state = str(expect.get("state", "failed" if "error" in expect else "succeeded"))
    if outcome.state.value != state:
        why = f": {error.message} [{error.code}]" if error is not None else ""
        yield Mismatch(test.place("expect", "state"), f"the run {outcome.state.value}, expected: {state}{why}")
    code = error.code if error is not None else None
    if "error" in expect and code != expect["error"]:
        yield Mismatch(
            test.place("expect", "error"), f"the error is {_shown(code)}, expected: {_shown(expect['error'])}"
        )
    for name, value in _map_at(expect, "outputs").items():
        came = outcome.outputs.get(name, _ABSENT)
        if came is _ABSENT or not _is_same(came, value):
            said = "is not there" if came is _ABSENT else f"is {_shown(came)}"
            yield Mismatch(test.place("expect", "outputs", name), f"outputs.{name} {said}, expected: {_shown(value)}")
    yield from _states(test, outcome, expect)
    yield from _expressions(test, outcome, calls, expect)
    for number, wanted in enumerate(_list_at(expect, "calls")):
        count = sum(_fits(call, wanted) for call in calls)
        times = wanted.get("times")
        if count != times if times is not None else not count:
            asked = ", ".join(f"{call['method']} {call['path']}" for call in calls) or "nothing"
            often = f"{times} times" if times is not None else "at least once"
            told = f"called {count} times, expected: {often}; what was called: {asked}"
            yield Mismatch(test.place("expect", "calls", number), _cut(told))


def _map_at(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    return data.get(name) or {}


def _list_at(data: Mapping[str, Any], name: str) -> list[Any]:
    return data.get(name) or []


def _states(test: FlowTest, outcome: RunOutcome, expect: Mapping[str, Any]) -> Iterator[Mismatch]:
    for name, wanted in _map_at(expect, "states").items():
        found = {path: state.value for path, state in outcome.states.items() if name in {path, path.rpartition("/")[2]}}
        place = test.place("expect", "states", name)
        if not found:
            yield Mismatch(place, f'there is no node "{name}"; there are {", ".join(outcome.states)}')
        elif wanted not in found.values():
            yield Mismatch(place, f"{name} {next(iter(found.values()))}, expected: {wanted}")


def _expressions(
    test: FlowTest, outcome: RunOutcome, calls: list[dict[str, Any]], expect: Mapping[str, Any]
) -> Iterator[Mismatch]:
    names = {
        "outputs": dict(outcome.outputs),
        "states": {path: state.value for path, state in outcome.states.items()},
        "error": outcome.error.to_data() if outcome.error is not None else None,
        "usage": dict(outcome.usage),
        "calls": calls,
    }
    for number, source in enumerate(_list_at(expect, "that")):
        place = test.place("expect", "that", number)
        try:
            value = evaluate(source, names)
        except ExpressionError as error:
            yield Mismatch(place, f"{source}: {error.message}")
            continue
        if value is not True:
            read = {name: item for name, item in names.items() if name in source}
            yield Mismatch(place, _cut(f"{source} is {_shown(value)}; {_all(read)}"))


def _fits(call: Any, wanted: Any) -> bool:
    """Whether a value holds all that is wanted of it; lists must be as long, other values equal."""
    if isinstance(wanted, dict):
        fields = cast("dict[str, Any]", call) if isinstance(call, dict) else {}
        pairs = cast("dict[str, Any]", wanted).items()
        return all(name == "times" or (name in fields and _fits(fields[name], item)) for name, item in pairs)
    if isinstance(wanted, list) and isinstance(call, list):
        items, wishes = cast("list[Any]", call), cast("list[Any]", wanted)
        return len(items) == len(wishes) and all(map(_fits, items, wishes))
    return _is_same(call, wanted)


def _is_same(one: Any, other: Any) -> bool:
    """Equality that tells true from 1, and does not tell 1 from 1.0."""
    return json.dumps(_as_numbers(one), sort_keys=True) == json.dumps(_as_numbers(other), sort_keys=True)


def _as_numbers(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {str(key): _as_numbers(item) for key, item in cast("dict[Any, Any]", value).items()}
        case list():
            return [_as_numbers(item) for item in cast("list[Any]", value)]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _all(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} is {_shown(value)}" for name, value in values.items())


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
