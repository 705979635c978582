"""The page of all documents' keys, read from the catalogue."""

from __future__ import annotations

from mfo_dialect.catalogue.agents_keys import AGENT, AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE, PROJECT_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE, TEMPLATE
from mfo_dialect.catalogue.values import MapType
from mfo_dialect.catalogue.workflow_keys import (
    CONDITION,
    TASK,
    TRIGGER,
    flow_file,
    subflow_map,
    taskflow_map,
    workflow_file,
)
from scripts.pages.keys import key_table
from scripts.pages.tables import NOTE

_TABLES: tuple[tuple[str, str, MapType], ...] = (
    ("Flow file", "A workflow document with one taskflow, whose id is the `name`.", flow_file(TASK)),
    ("Workflow file", "A workflow document with many taskflows, and what starts them.", workflow_file(TASK)),
    ("Taskflow", "An item of a workflow file's `taskflows`.", taskflow_map(TASK)),
    ("Task", "A node that does something.", TASK),
    ("Condition", "A node that chooses a branch.", CONDITION),
    ("Subflow", "A group of nodes that counts as one node.", subflow_map(TASK)),
    ("Trigger", "What starts a taskflow.", TRIGGER),
    ("Prompts document", "Prompt templates, and the tools that they offer.", PROMPTS_FILE),
    ("Prompt template", "One of a prompts document's `templates`.", TEMPLATE),
    ("Agents document", "Agents; how they run stands in [Agents](agents.md).", AGENTS_FILE),
    ("Agent", "One of an agents document's `agents`.", AGENT),
    ("Client configuration", "How the MFO server is reached, and how flows run.", CONFIG_FILE),
    ("Project file", "`mfo.toml`, or the table `[tool.mfo]` of `pyproject.toml`.", PROJECT_FILE),
)


def documents() -> str:
    """The page of the keys of every kind of document."""
    lines = [
        NOTE,
        "# The keys of every document",
        "",
        "A dot leads into a map, `[]` into each item of a list, and `<name>` stands for any name. Keys that are marked",
        "*our choice* are not said by MFO's own documents. What a task holds under `config` depends on its type: see",
        "[task types](task-types.md). What it all means is told in [the dialect](dialect.md).",
    ]
    for title, summary, declared in _TABLES:
        lines += ["", f"## {title}", "", summary, "", *key_table(declared)]
    return "\n".join(lines) + "\n"
