"""Random flows as a person would write them: things in a row, each a task, a choice, a loop around a row, or a subflow.

Each task asks a server, whose answer follows from the task and from what it read; so outputs tell what was read of what.
"""

from __future__ import annotations

import json
import random


class Program:
    """One flow; ``text`` is its document."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._made = 0
        self.text = "\n".join(
            [
                "name: made",
                f"config: {{max_concurrency: {chance.choice([1, 2, 5])}}}",
                "input_schema: {type: object, required: [url], properties: {url: {type: string}}}",
                *self._level(depth=0),
            ]
        )

    def _name(self, kind: str) -> str:
        self._made += 1
        return f"{kind}{self._made}"

    def _level(self, depth: int) -> list[str]:
        level: dict[str, list[str]] = {"tasks": [], "conditions": [], "subflows": []}
        self._row(level, [], depth, loops=0)
        pad = "  " * (depth * 2)
        return [
            line for key, items in level.items() if items for line in (f"{pad}{key}:", *(pad + item for item in items))
        ]

    def _row(self, level: dict[str, list[str]], after: list[str], depth: int, loops: int) -> tuple[str, list[str]]:
        """Its first task and its last ones."""
        first = ""
        for _ in range(self._chance.randint(1, 3 if loops else 4)):
            what = self._chance.choice(["task", "fork", "choice", "loop", "subflow"]) if self._made < 14 else "task"
            if what == "subflow" and depth:
                what = "fork"
            start, after = getattr(self, f"_{what}")(level, after, depth, loops)
            first = first or start
        return first, after

    def _task(
        self, level: dict[str, list[str]], after: list[str], _depth: int = 0, _loops: int = 0
    ) -> tuple[str, list[str]]:
        name = self._name("t")
        read = {source: f"${{{source}.json.value}}" for source in after if source.startswith("t")}
        body = json.dumps({"read": read})
        config = f'{{method: POST, url: "${{INPUT.url}}/{name}", json: {body}}}'
        level["tasks"].append(
            f"  - {{id: {name}, type: http_request, config: {config}, dependencies: [{', '.join(after)}]}}"
        )
        return name, [name]

    def _fork(self, level: dict[str, list[str]], after: list[str], depth: int, loops: int) -> tuple[str, list[str]]:
        first, ends = self._task(level, after)
        sides = [self._task(level, ends)[0] for _ in range(self._chance.randint(2, 3))]
        return first, self._task(level, sides)[1]

    def _choice(self, level: dict[str, list[str]], after: list[str], depth: int, loops: int) -> tuple[str, list[str]]:
        first, ends = self._task(level, after)
        name = self._name("c")
        one, other = (self._task(level, [name])[0] for _ in range(2))
        expression = json.dumps(f'{first}.json.value < "8"')
        level["conditions"].append(
            f"  - {{id: {name}, type: expr, config: {{expression: {expression}}}, dependencies: [{ends[0]}], successors: [{one}, {other}]}}"
        )
        _, out = self._task(level, [])
        level["tasks"][-1] = level["tasks"][-1].replace("dependencies: []", f"dependencies: [{one}, {other}]")
        return first, out

    def _loop(self, level: dict[str, list[str]], after: list[str], depth: int, loops: int) -> tuple[str, list[str]]:
        if loops:
            return self._fork(level, after, depth, loops)
        head, ends = self._task(level, after)
        _, ends = self._row(level, ends, depth, loops=1)
        _, ends = self._task(level, ends)
        name = self._name("c")
        _, out = self._task(level, [])
        rounds = self._chance.randint(1, 3)
        level["conditions"].append(
            f'  - {{id: {name}, type: expr, config: {{expression: "TASKFLOW.iterations.{name} < {rounds}"}}, dependencies: [{ends[0]}], successors: [{head}, {out[0]}]}}'
        )
        return head, out

    def _subflow(self, level: dict[str, list[str]], after: list[str], depth: int, _loops: int) -> tuple[str, list[str]]:
        first, ends = self._task(level, after)
        name = self._name("s")
        inner = self._level(depth + 1)
        level["subflows"] += [f"  - id: {name}", f"    dependencies: [{ends[0]}]", *inner]
        _, out = self._task(level, [])
        level["tasks"][-1] = level["tasks"][-1].replace("dependencies: []", f"dependencies: [{name}]")
        return first, out
