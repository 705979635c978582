"""Asking the person at the terminal."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from mfo_runtime.tasks import Question


async def ask_on_terminal(question: Question) -> Any:
    """Ask on the terminal, without keeping the run from going on."""
    return await asyncio.to_thread(_ask, question)


def _ask(question: Question) -> Any:
    text = f"{question.task}: {question.text}"
    if not question.choices:
        return click.prompt(text, default=question.default if question.has_default else None, err=True)
    by_text = {str(choice): choice for choice in question.choices}
    default = str(question.default) if question.has_default else None
    return by_text[click.prompt(text, type=click.Choice(list(by_text)), default=default, err=True)]
