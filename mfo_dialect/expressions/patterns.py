"""Patterns of ``matches``: RE2, which takes time in proportion to the text, so that no pattern can hang an evaluation."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from functools import lru_cache
from typing import Any

_LONGEST = 10_000
_MEMORY = 8 << 20


class PatternError(ValueError):
    """The text is no pattern; the message says why."""


class NoPatternsError(PatternError):
    """RE2 is not here: the libraries that an editor's extension brings are pure Python. What it would say is not known."""


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """The compiled pattern; its ``search`` finds a match anywhere in a text or in bytes.

    Raises:
        PatternError: RE2 does not take the pattern, or is not here.
    """
    try:
        import re2  # noqa: PLC0415 - most expressions need no patterns, and the import is not free
    except ModuleNotFoundError:
        raise NoPatternsError("matches needs the package google-re2, which this Python does not have") from None
    if len(pattern) > _LONGEST:
        raise PatternError("the pattern is too long")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "invalid"
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(f"no valid pattern: {text}") from None


def pattern_fault(pattern: str) -> str:
    """What is wrong with a pattern; empty when nothing is, or nobody can tell."""
    try:
        compile_pattern(pattern)
    except NoPatternsError:
        return ""
    except PatternError as error:
        return str(error)
    return ""


def has_match(pattern: str, text: str | bytes) -> bool:
    """Whether the pattern matches anywhere in the text.

    Raises:
        PatternError: RE2 does not take the pattern.
    """
    compiled = compile_pattern(pattern)
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    elif not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return compiled.search(text) is not None
