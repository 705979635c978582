"""Edits that declare a secret or an environment variable in a workflow's ``global_configs``."""

from __future__ import annotations

import re

from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.access import mapping_at
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.rules.fixes import append_to_list, insert_key, quoted
from mfo_dialect.rules.layout import line_start
from mfo_dialect.syntax import Mapping
from mfo_dialect.text import Span

_BEFORE = ("config", "input_schema", "triggers", "schemas", "taskflows", "tasks")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")


def environment_name(name: str) -> str:
    """The environment variable in which one would look for a secret of this name."""
    return _NO_NAME.sub("_", name).strip("_").upper() or "SECRET"


def declare_secret(workflow: Workflow, name: str, text: str) -> Edit | None:
    """An edit that declares a secret, kept in the environment; None where there is no clear place for it."""
    value = f"{{env: {environment_name(name)}}}"
    settings = mapping_at(workflow.root, "global_configs")
    secrets = mapping_at(settings, "secrets") if settings is not None else None
    if secrets is not None and secrets.pairs:
        return insert_key(workflow.document, secrets, quoted(name), value, text)
    if settings is not None:
        is_free = "secrets" not in settings and settings.pairs
        return (
            insert_key(workflow.document, settings, "secrets", f"{{{quoted(name)}: {value}}}", text)
            if is_free
            else None
        )
    return _new_section(workflow, f"  secrets:\n    {quoted(name)}: {value}\n", text)


def declare_environment(workflow: Workflow, name: str, text: str) -> Edit | None:
    """An edit that lists an environment variable as one that the flow may read; None where no place is clear."""
    settings = mapping_at(workflow.root, "global_configs")
    if settings is not None:
        return append_to_list(workflow.document, settings, "env", quoted(name), text) if settings.pairs else None
    return _new_section(workflow, f"  env: [{quoted(name)}]\n", text)


def _new_section(workflow: Workflow, lines: str, text: str) -> Edit | None:
    """A new ``global_configs`` before the first long section of the document."""
    root: Mapping = workflow.root
    if "global_configs" in root or root.flow:
        return None
    for pair in root.pairs:
        if pair.name in _BEFORE:
            start = pair.key.span.start
            if line_start(text, start) != start:
                return None
            return Edit(Place(workflow.document, Span(start, start)), f"global_configs:\n{lines}")
    return None
