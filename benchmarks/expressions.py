"""How expressions compare with jinja2's compiled expressions of the same meaning, as ratios of one run.

Usage: python benchmarks/expressions.py [--rounds N]
"""

from __future__ import annotations

import argparse
import gc
import statistics
from collections.abc import Callable
from functools import partial
from time import perf_counter

import jinja2

from mfo_dialect import expressions

ENV = {
    "attempts": 2,
    "max_attempts": 3,
    "status": "active",
    "input_value": 42,
    "score": 0.75,
    "flag": True,
    "email": {"sender": {"email": "a@b.be"}, "subject": "Invoice 12", "tags": ["x", "y"]},
    "items": [{"name": "i1", "value": 1}, {"name": "i2", "value": 2}],
    "nums": [3, 1, 2],
}
PAIRS = (
    ("input_value > 10 && status == 'active'", "input_value > 10 and status == 'active'"),
    ("attempts < max_attempts", "attempts < max_attempts"),
    ("attempts + 1 >= max_attempts || !flag", "attempts + 1 >= max_attempts or not flag"),
    ('email.sender.email endsWith ".be"', 'email.sender.email.endswith(".be")'),
    ('"x" in email.tags', '"x" in email.tags'),
    ("score > 0.5 ? 1 : 0", "1 if score > 0.5 else 0"),
    ("len(email.tags) == 2", "email.tags|length == 2"),
    ("items[0].value + items[1].value", "items[0].value + items[1].value"),
    ("map(items, .name)", "items|map(attribute='name')|list"),
    ("sum(nums) > 5", "nums|sum > 5"),
    ('status in ["active", "new"]', 'status in ["active", "new"]'),
    ('lower(email.subject) contains "invoice"', "'invoice' in email.subject|lower"),
)


def best(call: Callable[[], object], rounds: int) -> float:
    """The least time of one call, in seconds: what the machine's other work adds is not the call's."""
    count = 200
    times: list[float] = []
    for _ in range(rounds):
        start = perf_counter()
        for _ in range(count):
            call()
        times.append((perf_counter() - start) / count)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    environment = jinja2.Environment(autoescape=False)
    gc.disable()
    running: list[float] = []
    making: list[float] = []
    print(
        f"{'expression':45} {'run':>8} {'jinja2':>8} {'ratio':>6} {'make':>8} {'jinja2':>8} {'ratio':>6}   (microseconds)"
    )
    for ours, theirs in PAIRS:
        program = expressions.compile(ours, ENV)
        compiled = environment.compile_expression(theirs)
        if program.evaluate(ENV) != compiled(**ENV):
            raise SystemExit(f"{ours} and {theirs} differ")
        run, run_jinja = best(partial(program.evaluate, ENV), rounds), best(partial(compiled, ENV), rounds)
        make = best(partial(expressions.compile, ours, ENV), max(rounds // 5, 1))
        make_jinja = best(partial(environment.compile_expression, theirs), max(rounds // 5, 1))
        running.append(run / run_jinja)
        making.append(make / make_jinja)
        print(
            f"{ours:45} {run * 1e6:8.2f} {run_jinja * 1e6:8.2f} {running[-1]:6.2f}"
            f" {make * 1e6:8.1f} {make_jinja * 1e6:8.1f} {making[-1]:6.2f}"
        )
    print(f"evaluating: {statistics.median(running):.2f} in the median, {max(running):.2f} at most (wanted: 3)")
    print(
        f"parsing and checking: {statistics.median(making):.2f} in the median, {max(making):.2f} at most (wanted: 1.5)"
    )


if __name__ == "__main__":
    main()
