"""Going through a flow in order without running it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlsplit

from mfo_dialect.analysis.chats import CHAT
from mfo_dialect.analysis.expression_texts import expressions_of
from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.run_order import RanBefore
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_runtime.engine.choice import chosen_branch
from mfo_runtime.engine.plan import NOWHERE, RunPlan
from mfo_runtime.errors import REDACTED, InvalidInputError, MfoError, is_name_of_secret
from mfo_runtime.flow.loading import Flow
from mfo_runtime.flow.outcome import strike_out
from mfo_runtime.flow.running import TriggerCall, checked_inputs
from mfo_runtime.flow.scope import RunScope
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.flow.settings import lay_out
from mfo_runtime.forecast.agents import AGENT_RUN, forecast_agent
from mfo_runtime.forecast.prompts import forecast_prompt
from mfo_runtime.forecast.reading import ForecastReading, UnknownYetError, placeholder
from mfo_runtime.forecast.values import Certainty, Forecast, ForecastNode, ForecastPrompt
from mfo_runtime.json_schema import with_defaults

SURELY, PERHAPS, NEVER = Certainty.SURELY, Certainty.PERHAPS, Certainty.NEVER
_OF_SERVER = "mfo_"


def forecast(
    flow: Flow,
    inputs: Mapping[str, Any],
    trigger: TriggerCall | None = None,
    environment: Mapping[str, str] | None = None,
) -> Forecast:
    """What a run of a flow would do with these inputs; nothing is called.

    Inputs that are required and not given are unknown, and are told of as the forecast's problem.

    Args:
        flow: the flow, without errors.
        inputs: INPUT as given.
        trigger: what would start the run.
        environment: what ENV is read from, and where secrets are looked for; the process's own where it is None.
    """
    environment = os.environ if environment is None else environment
    schema = schema_data(flow.view.taskflow.input_schema, flow.bundle)
    problem: MfoError | None = None
    try:
        checked_inputs(flow.view, flow.bundle, inputs)
    except InvalidInputError as error:
        problem = error
    given = with_defaults(inputs, schema)
    missing = {name: placeholder(f"INPUT.{name}") for name in _required(schema) if name not in given}
    secrets = Secrets(flow.view.workflow, environment)
    secrets.know_inputs(inputs, trigger)
    scope = RunScope(
        flow.view,
        flow.bundle,
        {"": {**given, **missing}},
        trigger.to_data() if trigger is not None else None,
        {"JOB_ID": None},
        {"id": flow.name, "name": flow.name},
        secrets,
        environment,
    )
    walk = _Walk(flow, scope, lay_out(flow.view, flow.bundle), set(missing.values()))
    nodes = tuple(walk.level(flow.view.top, SURELY, (), repeats=False))
    reached = [node for node in nodes if node.certainty is not NEVER]
    found = {name: _why_missing(secrets, name) for name in sorted(walk.secrets)}
    return Forecast(
        flow.name,
        _without_secrets(given),
        tuple(_struck_out(node, secrets.shown_never) for node in nodes),
        found,
        tuple(sorted({_origin(node) for node in reached if node.type_name == "http_request"})),
        any(node.type_name.startswith(_OF_SERVER) for node in reached),
        problem,
    )


@dataclass
class _Walk:
    """Goes through the levels of a flow.

    Attributes:
        known: the outputs of nodes that are known, by id; null for a node that is skipped.
        secrets: the names of the secrets that are read.
    """

    flow: Flow
    scope: RunScope
    plan: RunPlan
    unknown: set[str]
    known: dict[str, Any] = field(default_factory=dict[str, Any])
    secrets: set[str] = field(default_factory=set[str])

    def level(
        self, level: LevelView, certainty: Certainty, layer: tuple[int, ...], *, repeats: bool
    ) -> Iterator[ForecastNode]:
        """The nodes of a level, and of those inside it, in order."""
        graph = level.graph
        runs: dict[int, Certainty] = {}
        taken: dict[int, int] = {}
        layers: dict[int, int] = {}
        for index in graph.order:
            layers[index] = 1 + max((layers[source] for source in graph.predecessors[index]), default=0)
        for index in sorted(graph.order, key=lambda index: (layers[index], index)):
            view = level.nodes[index]
            runs[index] = _both(certainty, self._certainty(view, runs, taken))
            is_repeated = repeats or graph.loop_of[index] is not None
            place = (*layer, layers[index])
            node, branch = self._node(view, runs[index], place, repeats=is_repeated)
            if branch is not None:
                taken[index] = branch
            yield node
            if view.inner is not None:
                yield from self.level(view.inner, runs[index], place, repeats=is_repeated)

    def _certainty(self, view: NodeView, runs: Mapping[int, Certainty], taken: Mapping[int, int]) -> Certainty:
        """Whether a node of a level runs, given what is known of those before it (dialect section 4, rules 1 and 2)."""
        graph, index = view.level.graph, view.index
        if not graph.predecessors[index]:
            return SURELY
        guards = graph.guards[index]
        ways = [_way(guard, index, runs, taken) for guard in guards] or [
            runs[source] for source in graph.predecessors[index]
        ]
        if SURELY in ways or all(way is NEVER for way in ways):
            return SURELY if SURELY in ways else NEVER
        surely = self.flow.view.run_orders.ran_by_the_end(view.id_path).verdict is RanBefore.SURELY
        return SURELY if surely else PERHAPS

    def _node(
        self, view: NodeView, certainty: Certainty, layer: tuple[int, ...], *, repeats: bool
    ) -> tuple[ForecastNode, int | None]:
        """A node, and the place of the branch that it takes: ``NOWHERE`` for none, None where that is not known."""
        path, kind = "/".join(view.id_path), view.kind
        facts: dict[str, Any] = {}
        branch: int | None = None
        if certainty is NEVER:
            self.known[view.id] = None
            branch = NOWHERE if kind is NodeKind.CONDITION else None
        else:
            reading = ForecastReading(self.scope, view, self._read_node, {}, unknown=self.unknown, secrets=self.secrets)
            try:
                if isinstance(view.node, Task):
                    facts = self._task(view, view.node, reading, is_certain=certainty is SURELY and not repeats)
                elif isinstance(view.node, Condition) and not repeats:
                    facts, branch = self._condition(view, view.node, reading)
                elif isinstance(view.node, Subflow):
                    facts = self._subflow(view, view.node, reading)
            except UnknownYetError:
                pass
            except MfoError as error:
                facts = {"problem": error.located(task=path, place=self.scope.place_of(view))}
        return ForecastNode(path, kind.value, view.type_name, layer, certainty, repeats, **facts), branch

    def _read_node(self, name: str) -> Any:
        if name not in self.known:
            raise UnknownYetError
        return self.known[name]

    def _task(self, view: NodeView, node: Task, reading: ForecastReading, *, is_certain: bool) -> dict[str, Any]:
        declared = self.flow.bundle.project.task_type(node.type_name)
        if declared is None:
            return {}
        config = reading.mapping(node.config, declared.config) if node.config is not None else {}
        facts: dict[str, Any] = {"config": config}
        prompt: ForecastPrompt | None = None
        if view.type_name in {CHAT, AGENT_RUN}:
            ask = forecast_prompt if view.type_name == CHAT else forecast_agent
            prompt = ask(view, config, self.flow.bundle, reading)
            facts["prompt"] = prompt
        if view.type_name == "transform":
            try:
                values = {
                    text.output: reading.evaluate(text.scalar, {}) for text in expressions_of(view, self.flow.bundle)
                }
            except UnknownYetError:
                return facts
            facts |= {"has_value": True, "value": values}
            if is_certain:
                self.known[view.id] = values
        return facts

    def _condition(
        self, view: NodeView, node: Condition, reading: ForecastReading
    ) -> tuple[dict[str, Any], int | None]:
        if node.expression is None:
            return {}, None
        value = reading.evaluate(node.expression, reading.mapping(node.vars))
        number = self.plan.number_of[view.id]
        path = "/".join(view.id_path)
        chosen = chosen_branch(value, self.plan.branches[number], path)
        if isinstance(chosen, MfoError):
            raise chosen
        target = self.plan.branches[number][chosen] if chosen is not None else NOWHERE
        leads_to = self.plan.ids[target] if target != NOWHERE else ""
        self.scope.decisions[view.id] = {"result": value, "branch": chosen}
        self.known[view.id] = None
        return {"has_value": True, "value": value, "leads_to": leads_to}, (
            self.plan.place[target] if target != NOWHERE else NOWHERE
        )

    def _subflow(self, view: NodeView, node: Subflow, reading: ForecastReading) -> dict[str, Any]:
        mapped = reading.mapping(node.input_mapping)
        schema = schema_data(node.input_schema, self.flow.bundle)
        self.scope.inputs[view.id] = with_defaults({**self.scope.input_of(view), **mapped}, schema)
        return {"config": mapped}


def _way(guard: int, branch: int, runs: Mapping[int, Certainty], taken: Mapping[int, int]) -> Certainty:
    """Whether a condition leads to one of its branches."""
    if guard in taken:
        return runs[guard] if taken[guard] == branch else NEVER
    return _both(runs[guard], PERHAPS)


def _both(outer: Certainty, inner: Certainty) -> Certainty:
    """Whether what is inside runs, given whether what is around it does."""
    if NEVER in (outer, inner):
        return NEVER
    return PERHAPS if PERHAPS in (outer, inner) else SURELY


def _required(schema: Any) -> list[str]:
    required = cast("dict[str, Any]", schema).get("required") if isinstance(schema, dict) else None
    return [name for name in cast("list[Any]", required) if isinstance(name, str)] if isinstance(required, list) else []


def _why_missing(secrets: Secrets, name: str) -> str | None:
    """Why a secret is not there; None for one that is, and for one in the keyring, which is not opened for this."""
    if secrets.is_in_keyring(name):
        return None
    try:
        secrets.get(name)
    except InvalidInputError as error:
        return error.message
    return None


def _without_secrets(value: Any, name: str = "") -> Any:
    """A value with texts under the names of secrets struck out."""
    match value:
        case str() if value and is_name_of_secret(name):
            return REDACTED
        case dict():
            return {key: _without_secrets(item, str(key)) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [_without_secrets(item) for item in cast("list[Any]", value)]
        case _:
            return value


def _struck_out(node: ForecastNode, secrets: frozenset[str]) -> ForecastNode:
    """A node as it may be shown."""
    prompt = node.prompt
    if prompt is not None:
        prompt = replace(prompt, system=strike_out(prompt.system, secrets), user=strike_out(prompt.user, secrets))
    config = strike_out(_without_secrets(dict(node.config)), secrets) if node.config is not None else None
    value = strike_out(_without_secrets(node.value), secrets)
    problem = node.problem.redacted(secrets) if node.problem is not None else None
    return replace(node, config=config, value=value, prompt=prompt, problem=problem)


def _origin(node: ForecastNode) -> str:
    url = str((node.config or {}).get("url", ""))
    if url.startswith("⟨"):
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
