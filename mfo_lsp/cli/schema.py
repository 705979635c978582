"""``mfo-lsp schema``: the JSON Schemas of the documents, for other editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mfo_dialect.catalogue.json_schema import (
    agents_schema,
    config_schema,
    project_schema,
    prompts_schema,
    test_schema,
    workflow_schema,
)
from mfo_dialect.model.project import Project
from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import rule_names, selectors
from mfo_lsp.cli.output import reason_of, shown_path, write_file
from mfo_workspace.files import DiskFiles
from mfo_workspace.projects import find_project
from mfo_workspace.text_report import printable

ADDRESS = "https://raw.githubusercontent.com/mfo-lsp/mfo-lsp/main/schemas/{file}"
KINDS = {
    "workflow": "workflow documents: *workflow*.yml, *.mfo.yml",
    "prompts": "prompts documents: *prompts*.yml",
    "agents": "agents documents: agents.yml, agents_definition.yml",
    "config": "client configurations: mfo_client.yml",
    "test": "tests of flows: *.test.yml",
    "project": "the project file: mfo.toml",
}


def file_name(kind: str) -> str:
    """The name of a schema's file."""
    return f"{kind}.schema.json"


def schema_text(kind: str, project: Project | None = None) -> str:
    """The schema of one kind of document, as it stands in its file.

    Args:
        kind: one of ``KINDS``.
        project: whose task types the schema of workflows knows too. Such a schema is nobody else's, so that it does not
            bear the public address.
    """
    address = ADDRESS.format(file=file_name(kind)) if project is None else file_name(kind)
    return json.dumps(_schema(kind, address, project or Project()), indent=2, ensure_ascii=False) + "\n"


def _schema(kind: str, address: str, project: Project) -> dict[str, Any]:
    match kind:
        case "workflow":
            return workflow_schema(address, project.all_task_types)
        case "prompts":
            return prompts_schema(address)
        case "agents":
            return agents_schema(address)
        case "config":
            return config_schema(address)
        case "test":
            return test_schema(address)
        case _:
            summaries = {rule.code: rule.summary for rule in RULES}
            names = {name: summaries[code] for name, code in rule_names(RULES).items()}
            return project_schema(address, names, selectors(RULES))


@click.command("schema")
@click.argument("kind", required=False, type=click.Choice(list(KINDS)))
@click.option("--project", "directory", metavar="DIR", help="Know the task types that the project of DIR declares.")
@click.option("--output", metavar="FILE", help="Write it there; without KIND, a directory for all of them.")
def schema_command(kind: str | None, directory: str | None, output: str | None) -> None:
    """Print the JSON Schema (2020-12) of a KIND of document; without KIND, say which ones there are."""
    project = _project(directory) if directory is not None else None
    if output is None:
        click.echo((schema_text(kind, project) if kind is not None else _list_of_kinds()).encode(), nl=False)
        return
    targets = {kind: Path(output)} if kind is not None else {one: Path(output) / file_name(one) for one in KINDS}
    for one, target in targets.items():
        _write(target, schema_text(one, project))


def _project(directory: str) -> Project:
    """The project that a directory belongs to.

    Raises:
        click.ClickException: there is no such directory, or no project file, or it is no TOML.
    """
    try:
        folder = Path(directory).resolve()
        is_directory = folder.is_dir()
    except (OSError, ValueError, RuntimeError):
        folder, is_directory = Path(), False
    if not is_directory:
        raise click.ClickException(f"{printable(directory)}: there is no such directory")
    project = find_project(folder.as_posix(), DiskFiles())
    if not project.document:
        raise click.ClickException(f"{printable(directory)}: there is no project file here or above")
    if project.problem is not None:
        line, column = project.lines.position(project.problem.span.start)
        place = f"{printable(shown_path(project.document))}:{line + 1}:{column + 1}"
        raise click.ClickException(f"{place}: {project.problem.message}")
    return project


def _list_of_kinds() -> str:
    width = max(map(len, KINDS))
    return "".join(f"{kind.ljust(width)}  {told}\n" for kind, told in KINDS.items())


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{target.parent}: the directory cannot be made: {reason_of(error)}") from None
    write_file(target, text)
