"""``mfo-lsp graph``: a taskflow as a picture, or as data for other programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.suggestions import did_you_mean
from mfo_lsp.cli.output import shown_path, write_file, write_stdout
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import DiskFiles, UnreadableFileError

FORMAT_NAMES = ("svg", "dot", "mermaid", "json", "html")
_BY_SUFFIX = {
    ".svg": "svg",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
}


@click.command("graph")
@click.argument("file", type=click.Path())
@click.option("--taskflow", metavar="ID", help="Which taskflow to draw, where the file has several.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMAT_NAMES),
    help="How it is written; by default as the name of the output file says, else svg.",
)
@click.option("--output", metavar="FILE", help="Where to write it, instead of standard output.")
def graph_command(file: str, taskflow: str | None, format_name: str | None, output: str | None) -> None:
    """Draw the taskflow in FILE; what is wrong in it is marked, and hinders nothing."""
    from mfo_lsp.features.flow_graph import FORMATS, flow_graph, to_html  # noqa: PLC0415 - others start without it

    path = _absolute(file)
    snapshot = _read(file, path)
    flow = _choose(file, [flow for flow in snapshot.flows if flow.document == path], taskflow)
    graph = flow_graph(flow, snapshot.bundle.sources[path].tree.lines, shown_path(path), check_snapshot(snapshot))
    suffix = Path(output).suffix.lower() if output else ""
    chosen = format_name or _BY_SUFFIX.get(suffix, "svg")
    _write(to_html(graph, _way_back(output)) if chosen == "html" else FORMATS[chosen](graph), output)


def _absolute(file: str) -> str:
    try:
        return Path(file).resolve().as_posix()
    except (OSError, ValueError, RuntimeError):
        raise click.ClickException(f"{file}: the file cannot be read") from None


def _read(file: str, path: str) -> Snapshot:
    """The bundle of a file.

    Raises:
        click.ClickException: it cannot be read, or is no MFO document.
    """
    files = DiskFiles()
    try:
        files.read(path)
    except UnreadableFileError as error:
        place = f":{error.line}:{error.column}" if error.line else ""
        raise click.ClickException(f"{file}{place}: {error.reason}") from None
    bundle = load_bundle(Path(path).parent.as_posix(), files, [path])
    if path not in bundle.sources or not bundle.sources[path].is_ours:
        raise click.ClickException(f"{file}: this is no MFO document")
    return Snapshot(bundle)


def _choose(file: str, flows: Sequence[FlowView], wanted: str | None) -> FlowView:
    """The only taskflow, or the one that was asked for.

    Raises:
        click.ClickException: there is none, or no such one, or none was chosen of several.
    """
    names = [flow.taskflow.name for flow in flows]
    if not flows:
        raise click.ClickException(f"{file}: there is no taskflow in it")
    if wanted is not None:
        if wanted not in names:
            raise click.ClickException(f'{file}: there is no taskflow "{wanted}"{did_you_mean(wanted, names)}')
        return flows[names.index(wanted)]
    if len(flows) > 1:
        listed = ", ".join(name or "(without an id)" for name in names)
        raise click.ClickException(f"{file}: choose one of its taskflows with --taskflow: {listed}")
    return flows[0]


def _way_back(output: str | None) -> str | None:
    """The way from the directory of the output to the current one, which names of files are relative to."""
    if output is None or output == "-":
        return ""
    try:
        way = Path(os.path.relpath(Path.cwd(), Path(output).resolve().parent)).as_posix()
    except (ValueError, OSError, RuntimeError):  # another drive
        return None
    return "" if way == "." else f"{way}/"


def _write(text: str, output: str | None) -> None:
    """Write to a file, or to standard output."""
    if output is None or output == "-":
        write_stdout(text)
    else:
        write_file(output, text)
