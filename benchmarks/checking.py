"""How quickly ``mfo-lsp check`` checks a corpus, beside tools that people know, as ratios of one run.

Usage: python benchmarks/checking.py [--generator FILE] [--tools FOLDER] [--bundles N] [--rounds N]

The generator is called as ``FILE DIR --corpus N --tasks 10``. yamllint, check-jsonschema and zizmor are installed from PyPI into
a virtual environment in ``--tools``, which is made where there is none. In every round each command runs once, so that
what else the machine does meets all of them alike; the table shows medians. All packages have their bytecode compiled
before the first round, as an installer would have done.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
GENERATOR = ROOT.parent / "shared" / "bench" / "gen_bundle.py"
TOOLS = ("yamllint", "check-jsonschema", "zizmor")
SCHEMA = ROOT / "schemas" / "workflow.schema.json"
HASHING = """
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            hashlib.blake2b(file.read()).digest()
"""
JOB = """  job_{0:02d}:
    name: Job {0}
    runs-on: ubuntu-latest
    needs: [{1}]
    timeout-minutes: 30
    permissions: {{}}
    steps:
      - name: Say what is done
        run: |
          echo "stage {0}"
          echo "done"
"""
HEAD = "name: Generated {0}\non: {{push: {{branches: [main]}}}}\npermissions: {{}}\nconcurrency: {{group: g{0}, cancel-in-progress: true}}\njobs:\n"


def main() -> None:
    arguments = read_arguments()
    tools = Path(arguments.tools).resolve()
    install(tools)
    with TemporaryDirectory() as name:
        room = Path(name)
        make_bundles(Path(arguments.generator), room / "corpus", arguments.bundles)
        make_github_workflows(room / "github", arguments.bundles)
        environment = environment_in(room)
        commands = commands_in(room, tools)
        compile_bytecode(commands, environment)
        seconds = measure(commands, environment, room, arguments.rounds)
    print(table(seconds, arguments.bundles))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--generator", default=str(GENERATOR), help="makes bundles: FILE DIR --corpus N --tasks 10")
    parser.add_argument("--tools", default=str(ROOT / "build" / "tools"), help="a virtual environment for the others")
    parser.add_argument("--bundles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def install(tools: Path) -> None:
    if not (tools / "bin" / TOOLS[-1]).exists():
        venv.create(tools, with_pip=True)
        subprocess.run([tools / "bin" / "python", "-m", "pip", "install", "-q", *TOOLS], check=True)


def make_bundles(generator: Path, folder: Path, count: int) -> None:
    subprocess.run([sys.executable, generator, folder, "--corpus", str(count), "--tasks", "10"], check=True)


def make_github_workflows(folder: Path, count: int) -> None:
    """As many workflows of GitHub's, with ten jobs each; zizmor has something to read and nothing to say."""
    place = folder / ".github" / "workflows"
    place.mkdir(parents=True)
    for number in range(count):
        jobs = (JOB.format(job, f"job_{job - 1:02d}" if job else "") for job in range(10))
        (place / f"flow_{number:04d}.yml").write_text(HEAD.format(number) + "".join(jobs))


def environment_in(room: Path) -> dict[str, str]:
    """This process's, with bytecode kept in the room."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MFO_", "PYTHONDONTWRITE"))}
    return {**own, "PYTHONPYCACHEPREFIX": str(room / "bytecode"), "PYTHONPATH": str(ROOT)}


def commands_in(room: Path, tools: Path) -> dict[str, list[str]]:
    corpus = room / "corpus"
    files = sorted(str(path) for path in corpus.glob("*/workflow_definition.yml"))
    cache = ["--cache-dir", str(room / "cache")]
    ours, python = [sys.executable, "-m", "mfo_lsp", "check"], [sys.executable]
    run = {tool: str(tools / "bin" / tool) for tool in TOOLS}
    return {
        "mfo-lsp check, all, cold": [*ours, *cache, str(corpus)],
        "mfo-lsp check, all, unchanged": [*ours, *cache, str(corpus)],
        "Python that reads and hashes all": [*python, "-c", HASHING, str(corpus)],
        "yamllint, workflow files": [run["yamllint"], "-d", "relaxed", *files],
        "check-jsonschema, workflow files": [run["check-jsonschema"], "--schemafile", str(SCHEMA), *files],
        "zizmor, as many GitHub workflows": [run["zizmor"], "--offline", "--no-progress", str(room / "github")],
        "mfo-lsp check, one file, cold": [*ours, "--no-cache", files[0]],
        "mfo-lsp check, one file, unchanged": [*ours, *cache, files[0]],
        "yamllint, one file": [run["yamllint"], "-d", "relaxed", files[0]],
        "check-jsonschema, one file": [run["check-jsonschema"], "--schemafile", str(SCHEMA), files[0]],
        "Python that does nothing": [*python, "-c", "pass"],
    }


def compile_bytecode(commands: dict[str, list[str]], environment: dict[str, str]) -> None:
    for name, command in commands.items():
        if "one file" in name:
            run(command, environment)


def measure(
    commands: dict[str, list[str]], environment: dict[str, str], room: Path, rounds: int
) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        shutil.rmtree(room / "cache", ignore_errors=True)
        for name, command in commands.items():
            if name == "mfo-lsp check, one file, unchanged" and not seconds[name]:
                run(command, environment)
            for _ in range(5 if "one file" in name or "Python" in name or "unchanged" in name else 1):
                seconds[name].append(run(command, environment))
    return seconds


def run(command: list[str], environment: dict[str, str]) -> float:
    """How long a command takes; one that says that it found something, or broke, is not to be compared."""
    start = perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    taken = perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(
            f"{' '.join(command[:4])} ended with {done.returncode}: {(done.stderr or done.stdout)[-800:]!r}"
        )
    return taken


def table(seconds: dict[str, list[float]], bundles: int) -> str:
    median = {name: statistics.median(found) for name, found in seconds.items()}
    lines = [
        f"{bundles} bundles of 10 tasks; {len(os.sched_getaffinity(0))} cores",
        "",
        "| command | median | least |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {name} | {1000 * median[name]:.0f} ms | {1000 * min(seconds[name]):.0f} ms |" for name in seconds]
    ratios = (
        (
            "cold, against check-jsonschema",
            "check-jsonschema, workflow files",
            "mfo-lsp check, all, cold",
            "at least 10",
        ),
        ("cold, against yamllint", "yamllint, workflow files", "mfo-lsp check, all, cold", "at least 6"),
        ("cold, against zizmor", "zizmor, as many GitHub workflows", "mfo-lsp check, all, cold", ""),
        (
            "unchanged, against hashing",
            "mfo-lsp check, all, unchanged",
            "Python that reads and hashes all",
            "at most 3",
        ),
        ("one file, cold, against yamllint", "mfo-lsp check, one file, cold", "yamllint, one file", "at most 1.5"),
        (
            "one file, unchanged, against yamllint",
            "mfo-lsp check, one file, unchanged",
            "yamllint, one file",
            "at most 1.5",
        ),
    )
    lines += ["", "| ratio | is | is to be |", "| --- | --- | --- |"]
    lines += [f"| {name} | {median[of] / median[to]:.2f} | {wanted} |" for name, of, to, wanted in ratios]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
