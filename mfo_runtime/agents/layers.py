"""The three layers of a prompt: context and guide for the system, the task for the user, each in its tag."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self

from mfo_dialect.templates import TemplateError as RenderingError
from mfo_dialect.templates import render
from mfo_runtime.errors import TemplateError

CONTEXT, GUIDE, ACTIONS, TASK, INPUT, HINT = "context", "guide", "actions", "task", "input", "hint"
_END_OF_LAYER = re.compile(rf"</(?=(?:{CONTEXT}|{GUIDE}|{ACTIONS}|{TASK}|{INPUT}|{HINT})\s*>)", re.IGNORECASE)


def layer(tag: str, text: str) -> str:
    """A text in its tag; empty where there is nothing to say.

    The end of a layer inside the text, which only data can have brought, gets a backslash behind its ``<``: what a user
    says cannot end its layer and begin another.
    """
    inside = _END_OF_LAYER.sub(r"<\\/", text).strip()
    return f"<{tag}>\n{inside}\n</{tag}>" if inside else ""


def joined(*parts: str) -> str:
    """Layers below each other, empty ones left out."""
    return "\n\n".join(part for part in parts if part)


def rendered(template: str, data: Mapping[str, Any], what: str) -> str:
    """A Go template, rendered; ``what`` names it in messages.

    Raises:
        TemplateError: it cannot be read or rendered.
    """
    if "{{" not in template:
        return template
    try:
        return render(template, dict(data))
    except RenderingError as error:
        raise TemplateError(f"{what}: {error.message}") from None


def bulleted(points: Sequence[str]) -> str:
    """Texts as a list; one alone as it is."""
    return points[0] if len(points) == 1 else "\n".join(f"- {point}" for point in points)


class ContextBuilder:
    """Puts a step's context together from named blocks; a block is a template until it is rendered by its step."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, str]] = []

    def add(self, name: str, content: str) -> Self:
        """Add data as it is: ``{{`` in it is no template."""
        return self.add_template(name, content.replace("{{", '{{"{{"}}'))

    def add_if(self, condition: bool, name: str, content: str) -> Self:  # noqa: FBT001 - read as "add if x"
        """Add data where the condition holds."""
        return self.add(name, content) if condition else self

    def add_template(self, name: str, template: str) -> Self:
        """Add a template, which the step renders with its metadata."""
        self._blocks.append((name, template))
        return self

    def build(self) -> str:
        """The context: each block under its name."""
        return "\n\n".join(f"{name}:\n{content}" for name, content in self._blocks)

    def __str__(self) -> str:
        return self.build()
