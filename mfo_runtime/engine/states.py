"""The words for what a node and a run can be."""

from __future__ import annotations

from enum import Enum


class NodeState(Enum):
    """What a node is doing, or how it ended."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UPSTREAM_FAILED = "upstream_failed"
    CANCELLED = "cancelled"


class RunState(Enum):
    """What a run is doing, or how it ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset(
    {
        NodeState.SUCCEEDED,
        NodeState.FAILED,
        NodeState.SKIPPED,
        NodeState.UPSTREAM_FAILED,
        NodeState.CANCELLED,
    }
)

BROKEN = frozenset({NodeState.FAILED, NodeState.UPSTREAM_FAILED})
