"""Measure how long an editor waits, for several servers and sizes of documents in one run, and write a table.

Usage: python -m benchmarks.latency [--sizes 10 100 1000 10000] [--repeats 50] [--yaml-language-server COMMAND]
           [--other-repeats 5] [--keep FILE]

Times are milliseconds; E is the median of the empty pygls server for a keystroke at 100 tasks in the same run. An answer
of ours counts only where it equals that of a server that opens the final text. With ``--keep`` the results of each size
are kept in a file, so that a long run can be made in pieces: the table is of all that is in it. The flows come from a generator that
writes DIR/workflow_definition.yml and DIR/prompts_definition.yml for ``--tasks N``; its path is given by
``--generator`` or MFO_GENERATOR. Our packages have their bytecode compiled before, as an installer would have done.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.latency.client import Client
from benchmarks.latency.document import OpenDocument
from benchmarks.latency.scenarios import EDITS, REQUESTS, asking, prompting
from benchmarks.latency.table import heading, table

ROOT = Path(__file__).resolve().parents[2]
OURS = [sys.executable, "-m", "mfo_lsp", "serve"]
EMPTY = [sys.executable, "-m", "benchmarks.latency.empty_server"]
_POPULAR = 50
_OPENS = 5
"""How often a server is started to open a document: a single time says little on a machine with neighbours."""
_REST = 3.0
"""Seconds without a message after the first keystroke: all rows but that one are of a server that has come to rest."""


def make_bundle(generator: Path, folder: Path, tasks: int) -> None:
    """Write a bundle in which about fifty tasks behind the middle wait for one that is called ``popular``."""
    command = [sys.executable, str(generator), str(folder), "--tasks", str(tasks)]
    subprocess.run(command, check=True)
    path = folder / "workflow_definition.yml"
    lines = path.read_text("utf-8").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("  - id: task_")]
    middle = len(starts) // 2
    old = lines[starts[middle]].split(": ")[1]
    lines = [line.replace(old, "popular") for line in lines]
    named = 0
    for number in range(starts[middle], len(lines)):
        if named < _POPULAR and lines[number].startswith("    dependencies: [task_"):
            lines[number] = (
                lines[number].replace("]", ", popular]") if "popular" not in lines[number] else lines[number]
            )
            named += 1
    path.write_text("\n".join(lines), "utf-8")


def measure(
    name: str, command: list[str], folder: Path, repeats: int, settings: dict[str, Any] | None
) -> dict[str, Any]:
    """Every scenario of one server on one bundle: lists of seconds by scenario."""
    environment_folder = ROOT if name == "empty" else folder
    found: dict[str, Any] = {
        "open": [opening(command, environment_folder, folder, settings) for _ in range(_OPENS - 1)]
    }
    client = Client(command, environment_folder, settings)
    try:
        capabilities = client.initialize(folder)
        document = OpenDocument(client, folder / "workflow_definition.yml", "yaml")
        begun = document.open()
        found["open"].append(client.diagnostics(document.uri, 1).at - begun)
        client.settle(0.5)
        found["first keystroke, half a second after"] = [
            seconds for seconds, _ in EDITS["keystroke in a value"](document, 1)
        ]
        client.settle(_REST)
        for scenario, edit in EDITS.items():
            answers = list(edit(document, repeats))
            found[scenario] = [seconds for seconds, _ in answers]
            if name == "ours":
                compare(document, answers[-1][1], folder)
        for row, (method, capability) in REQUESTS.items():
            if capability in capabilities:
                found[row] = list(asking(document, repeats, method))
        if name == "ours":
            prompts = OpenDocument(client, folder / "prompts_definition.yml", "yaml")
            begun = prompts.open()
            client.diagnostics(prompts.uri, 1)
            client.settle(0.3)
            found["variable of a prompt"] = [seconds for seconds, _ in prompting(prompts, document, repeats)]
        found["memory"] = client.peak_memory()
    finally:
        client.stop()
    return found


def opening(command: list[str], start_in: Path, folder: Path, settings: dict[str, Any] | None) -> float:
    """Seconds from opening a document in a new server until its diagnostics are there."""
    client = Client(command, start_in, settings)
    try:
        client.initialize(folder)
        document = OpenDocument(client, folder / "workflow_definition.yml", "yaml")
        begun = document.open()
        return client.diagnostics(document.uri, 1).at - begun
    finally:
        client.stop()


def compare(document: OpenDocument, published: dict[str, Any], folder: Path) -> None:
    """Hold an answer against that of a new server which opens the same text.

    Raises:
        SystemExit: they differ.
    """
    client = Client(OURS, folder)
    try:
        client.initialize(folder)
        params = {"uri": document.uri, "languageId": "yaml", "version": 1, "text": document.text}
        client.notify("textDocument/didOpen", {"textDocument": params})
        fresh = client.diagnostics(document.uri, 1).message["params"]["diagnostics"]
    finally:
        client.stop()
    if _sorted(published["diagnostics"]) != _sorted(fresh):
        raise SystemExit("an answer differs from that of a new server: its time does not count")


def _sorted(diagnostics: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True) for one in diagnostics)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000, 10000])
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--generator", type=Path, default=os.environ.get("MFO_GENERATOR"))
    parser.add_argument("--yaml-language-server", metavar="COMMAND", help="measured beside, with our schema")
    parser.add_argument("--other-repeats", type=int, help="repeats of the other servers, which are slow with much text")
    parser.add_argument("--keep", type=Path, help="a file of results: those of this run are added, and all are shown")
    arguments = parser.parse_args()
    if arguments.generator is None:
        parser.error("say where the generator is: --generator FILE, or MFO_GENERATOR")
    for package in ("mfo_dialect", "mfo_lsp", "mfo_workspace"):
        compileall.compile_dir(ROOT / package, quiet=2)
    servers: dict[str, tuple[list[str], dict[str, Any] | None]] = {"empty": (EMPTY, None), "ours": (OURS, None)}
    if arguments.yaml_language_server:
        schema = (ROOT / "schemas" / "workflow.schema.json").as_uri()
        settings = {
            "yaml": {
                "schemas": {schema: "*workflow_definition.yml"},
                "validate": True,
                "schemaStore": {"enable": False},
            }
        }
        servers["yaml-language-server"] = (shlex.split(arguments.yaml_language_server), settings)
    results: dict[int, dict[str, dict[str, Any]]] = {}
    if arguments.keep is not None and arguments.keep.exists():
        results = {int(size): found for size, found in json.loads(arguments.keep.read_text("utf-8")).items()}
    repeats = {"ours": arguments.repeats, "empty": arguments.repeats}
    with tempfile.TemporaryDirectory() as temporary:
        for size in arguments.sizes:
            folder = Path(temporary).resolve() / str(size)
            make_bundle(arguments.generator.resolve(), folder, size)
            results[size] = {
                name: measure(
                    name, command, folder, repeats.get(name, arguments.other_repeats or arguments.repeats), settings
                )
                for name, (command, settings) in servers.items()
            }
            if arguments.keep is not None:
                arguments.keep.write_text(json.dumps(results), "utf-8")
    results = dict(sorted(results.items()))
    print(f"{heading(results)}\n")
    print(table(results))


if __name__ == "__main__":
    main()
