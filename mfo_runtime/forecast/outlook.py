"""A task that is not executed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import NodeView
from mfo_runtime.forecast.values import CHARACTERS_A_TOKEN
from mfo_runtime.tasks.context import Overrides


@dataclass(frozen=True)
class Outlook:
    """A task that is not executed, for what its prompt is made of."""

    view: NodeView
    bundle: Bundle
    run_id: str = ""
    overrides: Overrides = field(default_factory=Overrides)
    clock: Callable[[], datetime] | None = None


def estimated_tokens(*texts: str) -> int:
    """About how many tokens some texts have."""
    characters = sum(map(len, texts))
    return -(-characters // CHARACTERS_A_TOKEN)
