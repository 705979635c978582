"""A forecast as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from mfo_runtime.errors import MfoError

CHARACTERS_A_TOKEN = 4
"""By which tokens are estimated: no tokenizer is at hand that knows every model."""


class Certainty(Enum):
    """Whether a node runs, given that nothing fails before it."""

    SURELY = "surely"
    PERHAPS = "perhaps"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class ForecastPrompt:
    """What a model would be asked.

    Attributes:
        system: the system prompt; None for none.
        user: what is said besides.
        is_rendered: whether these are the texts that would be sent; else they are the templates.
        waits_for: what must be known before they can be rendered.
        provider_id, model_id: who would answer; None for the server's default.
        tools: the names of the tools that are offered.
        tokens: an estimate of what the first request costs, of the texts as they stand here.
    """

    system: str | None
    user: str
    is_rendered: bool
    waits_for: tuple[str, ...] = ()
    provider_id: str | None = None
    model_id: str | None = None
    tools: tuple[str, ...] = ()
    tokens: int = 0

    def to_data(self) -> dict[str, Any]:
        """The prompt as JSON values."""
        return {
            "system": self.system,
            "user": self.user,
            "rendered": self.is_rendered,
            "waits_for": list(self.waits_for),
            "provider_id": self.provider_id,
            "model_id": self.model_id,
            "tools": list(self.tools),
            "estimated_tokens": self.tokens,
        }


@dataclass(frozen=True, slots=True)
class ForecastNode:
    """What would become of one node.

    Attributes:
        path: its ids from the outermost subflow in, joined by ``/``.
        kind: task, condition or subflow.
        type_name: of a task, its type.
        layer: its layer at each level, from the outside in; nodes of one layer may run side by side.
        certainty: whether it runs.
        repeats: whether it is in a loop, and so may run several times.
        config: what it is given, unknown values as placeholders; None for none.
        has_value: whether what it gives is known beforehand.
        value: that value.
        leads_to: of a condition whose value is known, the node that it chooses; empty for none.
        prompt: what a chat would ask; None for other tasks.
        problem: why it would fail with these inputs; None where nothing is known to.
    """

    path: str
    kind: str
    type_name: str
    layer: tuple[int, ...]
    certainty: Certainty
    repeats: bool
    config: Mapping[str, Any] | None = None
    has_value: bool = False
    value: Any = None
    leads_to: str = ""
    prompt: ForecastPrompt | None = None
    problem: MfoError | None = None

    def to_data(self) -> dict[str, Any]:
        """The node as JSON values; what does not apply is left out."""
        data: dict[str, Any] = {
            "node": self.path,
            "kind": self.kind,
            "layer": list(self.layer),
            "runs": self.certainty.value,
        }
        if self.type_name:
            data["type"] = self.type_name
        if self.repeats:
            data["repeats"] = True
        if self.config is not None:
            data["config"] = dict(self.config)
        if self.has_value:
            data["value"] = self.value
        if self.leads_to:
            data["leads_to"] = self.leads_to
        if self.prompt is not None:
            data["prompt"] = self.prompt.to_data()
        if self.problem is not None:
            data["problem"] = self.problem.to_data()
        return data


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would do.

    Attributes:
        taskflow: the taskflow's id.
        inputs: INPUT, defaults included; texts under the name of a secret struck out.
        nodes: in an order in which they can run.
        secrets: the secrets that these nodes read, each with why it is not there; None for one that is.
        hosts: what ``http_request`` would call: origins, or placeholders.
        needs_mfo_server: whether a node asks the MFO server.
        problem: why the run would be refused; None where it would start.
    """

    taskflow: str
    inputs: Mapping[str, Any]
    nodes: tuple[ForecastNode, ...]
    secrets: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    hosts: tuple[str, ...] = ()
    needs_mfo_server: bool = False
    problem: MfoError | None = None

    @property
    def tokens(self) -> int:
        """An estimate of the tokens of all prompts that surely or perhaps are sent, each counted once."""
        asked = (node.prompt for node in self.nodes if node.certainty is not Certainty.NEVER)
        return sum(prompt.tokens for prompt in asked if prompt is not None)

    @property
    def first_problem(self) -> MfoError | None:
        """Why the run would surely fail or be refused."""
        surely = (node.problem for node in self.nodes if node.certainty is Certainty.SURELY)
        return self.problem or next(filter(None, surely), None)

    def to_data(self) -> dict[str, Any]:
        """The forecast as JSON values."""
        return {
            "taskflow": self.taskflow,
            "inputs": dict(self.inputs),
            "nodes": [node.to_data() for node in self.nodes],
            "estimated_tokens": self.tokens,
            "secrets": [
                {"name": name, "found": missing is None} | ({"problem": missing} if missing is not None else {})
                for name, missing in self.secrets.items()
            ],
            "hosts": list(self.hosts),
            "needs_mfo_server": self.needs_mfo_server,
            "problem": self.problem.to_data() if self.problem is not None else None,
        }
