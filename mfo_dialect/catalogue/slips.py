"""What a key that is unknown at its place was meant to be."""

from __future__ import annotations

from collections.abc import Container, Iterable

from mfo_dialect.catalogue.values import Key
from mfo_dialect.suggestions import edit_distance, nearest

_LEAST_LETTERS = 3
_HABITS: dict[str, tuple[str, ...]] = {
    "depends_on": ("dependencies",),
    "dependsOn": ("dependencies",),
    "needs": ("dependencies",),
    "requires": ("dependencies",),
    "after": ("dependencies",),
    "next": ("successors",),
    "then": ("successors",),
    "branches": ("successors",),
    "args": ("arguments",),
    "params": ("arguments", "parameters"),
    "with": ("config",),
    "settings": ("config",),
    "steps": ("tasks",),
    "jobs": ("tasks",),
    "retries": ("max_attempts",),
    "attempts": ("max_attempts",),
    "cron": ("cron_expression",),
    "schedule": ("cron_expression",),
    "model": ("model_id",),
    "provider": ("provider_id",),
    "template_id": ("prompt_template_id",),
    "variables": ("prompt_context", "vars"),
    "prompt": ("user_prompt",),
    "defaults": ("default_variables",),
    "error_templates": ("error_handling_templates",),
    "condition": ("expression",),
    "uses": ("type",),
    "title": ("name",),
    "name": ("workflow_name",),
    "id": ("name",),
    "taskflow_id": ("name",),
}


def key_meant(name: str, keys: Iterable[Key], written: Container[str]) -> str | None:
    """The key that was meant by ``name``, which is none of ``keys``; None where nothing is near.

    Known by what people write elsewhere, by a slip of the pen, or as the only missing key of which it is a part:
    ``resource`` for ``resource_id``, ``args`` for ``arguments``.

    Args:
        name: the unknown key.
        keys: the keys that there may be.
        written: the keys that are there.
    """
    current = [key.name for key in keys if not key.replacement]
    habit = next((habit for habit in _HABITS.get(name, ()) if habit in current), None)
    if habit is not None:
        return habit
    near = nearest(name, current)
    if near:
        return near[0]
    if name and len(name) <= _LEAST_LETTERS:
        short = [key for key in current if len(key) == len("id") and edit_distance(name, key) == 1]
        if short:
            return short[0]
    parts = [key for key in current if key not in written and _is_part(name.casefold(), key)]
    return parts[0] if len(parts) == 1 else None


def _is_part(name: str, key: str) -> bool:
    if len(name) < _LEAST_LETTERS:
        return False
    return name in key.split("_") or key.startswith(name) or (name.startswith(key) and len(key) > _LEAST_LETTERS)
