"""What one execution of a flow knows: its metadata, what its steps did, the session that it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from mfo_runtime.agents.response import Response, ResponseKind
from mfo_runtime.agents.session import Session

if TYPE_CHECKING:
    from mfo_runtime.agents.engine import Engine

Metadata: TypeAlias = dict[str, Any]
"""The data of a flow, by name: what templates read and steps hand on."""


@dataclass(frozen=True, slots=True)
class NodeData:
    """What one step did; ``metadata`` is the same map as ``metadata[name]`` of the flow."""

    name: str
    action: str
    params: Mapping[str, Any]
    metadata: Metadata


@dataclass
class FlowContext:
    """The state of one execution.

    Attributes:
        engine: who executes it.
        metadata: its data; steps add a map under their own name, with ``action``, ``params`` and ``message``.
        session: the conversation that it is part of; None for none.
        previous: what the last step responded; None at first.
        nodes: what steps did, in order; one for each name, the last time counts.
    """

    engine: Engine
    metadata: Metadata = field(default_factory=dict[str, Any])
    session: Session | None = None
    previous: Response | None = None
    _nodes: dict[str, NodeData] = field(default_factory=dict[str, NodeData])

    @property
    def previous_action(self) -> str:
        """The action of the last response; empty for a message, or where there is none."""
        return self.previous.action if self.previous is not None else ""

    @property
    def previous_params(self) -> Mapping[str, Any]:
        """The parameters of the last response; empty for a message, or where there is none."""
        return self.previous.params if self.previous is not None else {}

    @property
    def nodes(self) -> tuple[NodeData, ...]:
        """What steps did."""
        return tuple(self._nodes.values())

    def node(self, name: str) -> NodeData | None:
        """What the step of that name did; None where it did nothing yet."""
        return self._nodes.get(name)

    def metadata_snapshot(self) -> Metadata:
        """A copy of the metadata, so that it can be read while others write."""
        return dict(self.metadata)

    def record_node(self, name: str, action: str, params: Mapping[str, Any]) -> NodeData:
        """Keep what a step did; later templates read it as ``{{ .<name>.params.x }}``."""
        kept = self.metadata.get(name)
        before: Metadata = kept if isinstance(kept, dict) else {}  # pyright: ignore[reportUnknownVariableType]
        own = {**before, "action": action, "params": dict(params)}
        self.metadata[name] = own
        self._nodes.pop(name, None)
        data = self._nodes[name] = NodeData(name, action, dict(params), own)
        return data

    def respond(self, name: str, response: Response) -> Response:
        """Keep a step's response as the last one; gives it back."""
        self.record_node(name, response.action, response.params)
        if response.kind is ResponseKind.MESSAGE:
            self.metadata[name]["message"] = response.message
        self.previous = response
        return response

    def with_session(self, session: Session | None) -> FlowContext:
        """The same execution as a part of a session."""
        return replace(self, session=session)

    def branch(self) -> FlowContext:
        """A copy for a branch of ``Parallel``: what it does is not seen by the others until it is joined."""
        return FlowContext(self.engine, dict(self.metadata), self.session, self.previous, dict(self._nodes))

    def join(self, branch: FlowContext) -> None:
        """Take over what a branch did; where two wrote the same name, the one that is joined later wins."""
        known = self._nodes.copy()
        for name, value in branch.metadata.items():
            if name not in self.metadata or value is not self.metadata[name]:
                self.metadata[name] = value
        for data in branch.nodes:
            if known.get(data.name) is not data:
                self._nodes[data.name] = data
