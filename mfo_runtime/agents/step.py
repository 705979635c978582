"""One call of a model: who it is, how it works, what it does and with what, and what its answer must be like."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from mfo_runtime.agents.actions import ActionRegistry
from mfo_runtime.agents.exchange import ToolDef
from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.layers import ACTIONS, CONTEXT, GUIDE, HINT, INPUT, TASK, bulleted, joined, layer, rendered
from mfo_runtime.agents.prototypes import Prototype
from mfo_runtime.agents.response import Response

Validator = Callable[[Response, FlowContext], None]
"""Looks at a response; raises ``ValueError`` (or ``ValidationError``) where the model is to be asked again."""

_HOW_TO_ANSWER = """\
Answer with one JSON object and nothing else. To call an action: {"action": "<name>", "params": {...}}.
To say something instead: {"message": "..."}. The actions:"""


class ValidationError(ValueError):
    """A response is not what the step asks for.

    Attributes:
        hint: what the model is told when it is asked again.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or message


@dataclass(frozen=True, slots=True)
class Guide:
    """How a step works: its constraints, each a Go template."""

    constraints: tuple[str, ...] = ()


@dataclass
class Step:
    """A step; all texts are Go templates over the flow's metadata.

    Attributes:
        name: under which its outcome is kept.
        role: who the model is; said before the context.
        context: what it knows; the first layer.
        guide: how it works; the second layer.
        task: what it does; the third layer.
        input: what it does it with.
        actions: what it may call instead of saying something.
        max_retries: how often it is asked again after an invalid answer; None for the engine's default.
        validator: looks at its responses.
        output_schema: what a message must be like, as JSON; None for any text.
    """

    name: str
    role: str = ""
    context: str = ""
    guide: Guide | Sequence[str] = ()
    task: str = ""
    input: str = ""
    actions: ActionRegistry = field(default_factory=ActionRegistry)
    max_retries: int | None = None
    validator: Validator | None = None
    output_schema: Prototype | None = None

    @property
    def constraints(self) -> tuple[str, ...]:
        """The guide's texts."""
        return self.guide.constraints if isinstance(self.guide, Guide) else tuple(self.guide)

    @property
    def action_names(self) -> tuple[str, ...]:
        """The names of its actions."""
        return self.actions.names

    def tool_defs(self) -> tuple[ToolDef, ...]:
        """Its actions as tools of a model."""
        return self.actions.to_tool_defs()

    def has_action(self, name: str) -> bool:
        """Whether the model may call an action of that name."""
        return name in self.actions

    def system_prompt(self, context: FlowContext, *, describes_actions: bool = False) -> str:
        """The first two layers.

        Args:
            context: the execution, whose metadata templates read.
            describes_actions: whether actions are described in the text, for models that take no tools.

        Raises:
            TemplateError: a template cannot be read or rendered.
        """
        known = joined(self._rendered(self.role, context, "role"), self._rendered(self.context, context, "context"))
        points = [text for one in self.constraints if (text := self._rendered(one, context, "guide").strip())]
        described = ""
        if describes_actions and not self.actions.is_empty:
            lines = [json.dumps(tool.to_data(), ensure_ascii=False) for tool in self.tool_defs()]
            described = "\n".join([_HOW_TO_ANSWER, *lines])
        return joined(
            layer(CONTEXT, known), layer(GUIDE, bulleted(points) if points else ""), layer(ACTIONS, described)
        )

    def user_prompt(self, context: FlowContext, hint: str = "") -> str:
        """The third layer, and what went wrong before.

        Args:
            context: the execution, whose metadata templates read.
            hint: why the last answer was not accepted; empty for none.

        Raises:
            TemplateError: a template cannot be read or rendered.
        """
        return joined(
            layer(TASK, self._rendered(self.task, context, "task")),
            layer(INPUT, self._rendered(self.input, context, "input")),
            layer(HINT, hint),
        )

    async def run(self, context: FlowContext) -> Response:
        """Ask the model of the engine; a step is a runnable.

        Raises:
            InvalidOutputError: no answer was valid, however often it was asked.
            MfoError: the model cannot be asked.
        """
        return await context.engine.execute(self, context)

    def _rendered(self, template: str, context: FlowContext, what: str) -> str:
        return rendered(template, context.metadata, f'{what} of step "{self.name}"')


class StepBuilder:
    """Builds a step call by call; each method but ``build`` gives the builder back."""

    def __init__(self, name: str) -> None:
        self._step = Step(name)

    def role(self, text: str) -> Self:
        """Who the model is."""
        self._step.role = text
        return self

    def context(self, template: str) -> Self:
        """What it knows."""
        self._step.context = template
        return self

    def guide(self, *constraints: str) -> Self:
        """How it works; further calls replace the constraints."""
        self._step.guide = Guide(constraints)
        return self

    def task(self, template: str) -> Self:
        """What it does."""
        self._step.task = template
        return self

    def input(self, template: str) -> Self:
        """What it does it with."""
        self._step.input = template
        return self

    def action(self, name: str, prototype: Prototype | None = None, description: str = "") -> Self:
        """An action that it may call; see ``ActionRegistry.register``."""
        self._step.actions.register(name, prototype, description)
        return self

    def retries(self, count: int) -> Self:
        """How often it is asked again after an invalid answer."""
        self._step.max_retries = count
        return self

    def validator(self, validator: Validator) -> Self:
        """Who looks at its responses."""
        self._step.validator = validator
        return self

    def build(self) -> Step:
        """The step.

        Raises:
            ValueError: it has no name, or neither a task nor an input.
        """
        step = self._step
        if not step.name.strip() or not (step.task.strip() or step.input.strip()):
            raise ValueError("A step needs a name, and a task or an input.")
        return step


def new_step(name: str) -> StepBuilder:
    """Begin to build a step."""
    return StepBuilder(name)


def simple_step(name: str, task: str, input_template: str = "") -> Step:
    """A step without actions: its answer is a message."""
    return Step(name, task=task, input=input_template)
