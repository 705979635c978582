"""Agents documents at work (dialect section 9): an agent is a step whose model may call tools, in turns, within limits."""

from __future__ import annotations

from mfo_runtime.tasks.agents.executors import EXECUTORS

__all__ = ["EXECUTORS"]
