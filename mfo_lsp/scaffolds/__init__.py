"""Bundles to start from: a table of them, and their files as texts for a name. It knows no disk and no command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

SHARED = "shared"
_SUFFIX = ".j2"
_FILES = {
    "workflow_definition.yml": "the flow: its tasks, and what each of them waits for",
    "prompts_definition.yml": "the prompts, with their variables and tools",
    "inputs.yml": "inputs to try it with",
    "scripted.yml": "what the built-in server answers in place of a model",
    "flow.test.yml": "what must come of it: mfo test runs it",
}
_NO_PLAIN_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some reader of YAML takes for something else than a text."""
_AGENTS = {"agents_definition.yml": "who works on emails, for flows that hand work to an agent"}
_SHARED_FILES = {
    "mfo.toml": "the project file: rules and task types of your own",
    ".gitignore": "what git leaves alone",
    "README.md": "this page",
}


@dataclass(frozen=True, slots=True)
class Scaffold:
    """One bundle to start from.

    Attributes:
        name: how it is asked for.
        summary: one line that helps to choose.
        about: what the bundle does, for its README.
        next: what to change first, for its README.
        flow_name: the name of the flow where nobody gives another.
        more_files: what it has besides the files that all have.
    """

    name: str
    summary: str
    about: str
    next: str
    flow_name: str
    more_files: Mapping[str, str]

    @property
    def own_files(self) -> dict[str, str]:
        """Its own documents, each with what it is."""
        return {**_FILES, **self.more_files}

    @property
    def files(self) -> dict[str, str]:
        """All of its files, each with what it is."""
        return {**self.own_files, **_SHARED_FILES}


SCAFFOLDS: tuple[Scaffold, ...] = (
    Scaffold(
        "minimal",
        "one question to a model, and one value made of its answer",
        "A flow that asks a model for a greeting and makes a letter of it.",
        "Change the prompt in `prompts_definition.yml`, or add a task to `workflow_definition.yml`.",
        "hello",
        {},
    ),
    Scaffold(
        "email",
        "a webhook, extraction by tool calls, retries with the error in the prompt, an agents document",
        "An email comes in by a webhook; a model extracts who wants what, and drafts an answer.",
        "Change what `record_analysis` extracts: its parameters stand in `prompts_definition.yml`.",
        "email_processing",
        _AGENTS,
    ),
    Scaffold(
        "orders",
        "a condition with two branches, a subflow, a job, and a join",
        "An order comes in; large ones pass a fraud check, and the customer is told either way.",
        "Change the limit in the condition `is_large`, and `amount` in `inputs.yml`, to see the other branch.",
        "order_processing",
        {},
    ),
    Scaffold(
        "report",
        "a schedule, eight tasks side by side, shared config, and memory between runs",
        "Every morning eight sections are written side by side and joined into one report.",
        "Add a section: a task like `weather`, and its id in the lists of `collect`.",
        "reports",
        {},
    ),
)


def render(scaffold: Scaffold, name: str) -> dict[str, str]:
    """The texts of a bundle by file name, for a flow of this name, which is an identifier."""
    said = {"name": name, "scalar": f'"{name}"' if name.lower() in _NO_PLAIN_TEXT else name}
    texts = {file: _rendered(scaffold.name, file, **said, folder="") for file in scaffold.own_files}
    words = {"about": scaffold.about, "next": scaffold.next, "files": list(scaffold.files.items())}
    return texts | {file: _rendered(SHARED, file, name=name, **words) for file in _SHARED_FILES}


def render_example(scaffold: Scaffold, folder: str) -> dict[str, str]:
    """The documents of a bundle as they stand in ``folder`` among the project's examples."""
    said = {"name": scaffold.flow_name, "scalar": scaffold.flow_name, "folder": f"{folder}/"}
    return {file: _rendered(scaffold.name, file, **said) for file in scaffold.own_files}


def _rendered(directory: str, file: str, **words: object) -> str:
    """One file of a bundle. Prompts are full of braces, so that ours are brackets."""
    environment = Environment(
        loader=PackageLoader("mfo_lsp", "scaffolds"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[%%",
        comment_end_string="%%]",
        autoescape=False,  # noqa: S701 - the texts are YAML and Markdown, and the name is an identifier
    )
    return environment.get_template(f"{directory}/{file.removeprefix('.')}{_SUFFIX}").render(words)
