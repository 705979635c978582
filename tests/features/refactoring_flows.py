"""Random taskflows as documents whose every task says what it read, and what comes of running them."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow.loading import flow_of_bundle
from tests.rules.checking import bundle_of

NAME = "workflow.yml"


def document_of(nodes: tuple[NodeDeclaration, ...], chance: random.Random, *, goes_on: bool, trouble: float) -> str:
    """A flow file of some nodes; edges are written on either side, lists in either layout."""
    settings = "{max_iterations: 3, max_concurrency: 3" + (", on_failure: continue}" if goes_on else "}")
    lines = [f"name: trial\nconfig: {settings}"]
    return "\n".join([*lines, *_level(tuple(map(_right, nodes)), chance, trouble, (), "")]) + "\n"


def _right(node: NodeDeclaration) -> NodeDeclaration:
    """Conditions have branches, and subflows have a task."""
    if node.kind is NodeKind.CONDITION and not node.successors:
        return replace(node, kind=NodeKind.TASK)
    if node.kind is not NodeKind.SUBFLOW:
        return node
    inner = tuple(map(_right, node.inner))
    if not any(one.kind is NodeKind.TASK for one in inner):
        inner = (*inner, NodeDeclaration(f"{node.id}z"))
    return replace(node, inner=inner)


def _level(nodes, chance, trouble, before, indent) -> list[str]:
    waits: dict[str, list[str]] = {node.id: [] for node in nodes}
    leads: dict[str, list[str]] = {node.id: [] for node in nodes}
    for node in nodes:
        for target in node.successors:
            is_branch = node.kind is NodeKind.CONDITION
            if is_branch or chance.random() < 0.5:
                leads[node.id].append(target)
            elif node.id not in waits[target]:
                waits[target].append(node.id)
    graph = build_level(nodes)
    lines: list[str] = []
    for key, kind in (("tasks", NodeKind.TASK), ("conditions", NodeKind.CONDITION), ("subflows", NodeKind.SUBFLOW)):
        found = [node for node in nodes if node.kind is kind]
        lines += [f"{indent}{key}:"] if found else []
        for node in found:
            place = graph.position[node.id]
            known = [other.id for n, other in enumerate(nodes) if graph.ended_before[place] >> n & 1]
            readable = [*before, *(name for name in known if _is_task(name, nodes))]
            lines.append(f"{indent}  # about {node.id}")
            lines.append(f"{indent}  - id: {node.id}")
            for edge, names in (("dependencies", waits[node.id]), ("successors", leads[node.id])):
                lines += _list(edge, names, chance, f"{indent}    ")
            lines += _body(node, chance, trouble, readable, f"{indent}    ")
    return lines


def _is_task(name, nodes):
    return any(node.id == name and node.kind is NodeKind.TASK for node in nodes)


def _list(key, names, chance, indent) -> list[str]:
    if not names:
        return []
    if chance.random() < 0.6:
        return [f"{indent}{key}: [{', '.join(names)}]"]
    return [f"{indent}{key}:", *(f"{indent}  - {name}" for name in names)]


def _body(node, chance, trouble, readable, indent) -> list[str]:
    match node.kind:
        case NodeKind.TASK:
            parts = ["1", *(f"({name}?.n ?? 0) * {chance.randint(2, 5)}" for name in readable)]
            expression = "[1][3]" if chance.random() < trouble else " + ".join(parts)
            return [f"{indent}type: transform", f"{indent}config:", f"{indent}  values: {{n: '{expression}'}}"]
        case NodeKind.CONDITION:
            return [f"{indent}type: expr", f"{indent}config: {{expression: '{_choice(node, chance)}'}}"]
        case NodeKind.SUBFLOW:
            return _level(node.inner, chance, trouble, readable, indent)


def _choice(node, chance) -> str:
    rounds = f"TASKFLOW.iterations.{node.id} < 1"
    if len(node.successors) == 1:
        return chance.choice(["true", "false", rounds])
    first, then = (chance.randrange(len(node.successors)) for _ in range(2))
    return f"{rounds} ? {first} : {then}"


def snapshot_of(text: str) -> Snapshot:
    return Snapshot(bundle_of({NAME: text}))


def run_of(text: str) -> dict[str, object] | None:
    """How a flow ends: its state, what each node gave, and how each ended; None where it is refused."""
    return asyncio.run(_run(text))


async def _run(text: str) -> dict[str, object] | None:
    flow = flow_of_bundle(bundle_of({NAME: text}), NAME, None)
    if flow.findings:
        return None
    async with MfoClient(ClientSettings(base_url="http://127.0.0.1:9")) as client:
        outcome = await flow.run({}, client)
    states = {path.rpartition("/")[2]: state for path, state in outcome.to_data()["states"].items()}
    return {"state": outcome.to_data()["state"], "outputs": dict(outcome.outputs), "states": states}
