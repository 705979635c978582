"""Where an OpenAI-compatible endpoint is, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OpenAIEndpoint:
    """Where models are asked.

    Attributes:
        model: the one that is asked where a request names none.
        base_url: what stands before ``/chat/completions``.
        api_key: sent as a bearer token; None: none is.
        timeout: seconds for one answer.
    """

    model: str
    base_url: str = "https://api.openai.com/v1"
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 120.0
