"""Agents documents at work (dialect section 9): an agent is a step whose model may call tools, in turns, within limits."""

from __future__ import annotations

from mfo_runtime.tasks.agents.description import AgentDescription, agents_for
from mfo_runtime.tasks.agents.executors import EXECUTORS
from mfo_runtime.tasks.agents.prompting import AgentPrompt, introduction, models_of, prompt_of, spoken_prompt
from mfo_runtime.tasks.agents.toolbox import REMEMBER

__all__ = [
    "EXECUTORS",
    "REMEMBER",
    "AgentDescription",
    "AgentPrompt",
    "agents_for",
    "introduction",
    "models_of",
    "prompt_of",
    "spoken_prompt",
]
