"""A folder with the examples in it, in which the blocks of a page are run as a reader would run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.blocks import ROOT, Block
from tests.effort import PATIENCE

DOCUMENTED_URL = "http://127.0.0.1:8080"
_PROGRAMS = {"mfo": "-m mfo_runtime", "mfo-lsp": "-m mfo_lsp", "python": ""}
_VARYING = (
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "TIME"),
    (re.compile(r"\b\d+(\.\d+)?(ms|s)\b"), "DURATION"),
    (re.compile(r"^run [0-9a-f]{32}$", re.MULTILINE), "run ID"),
    (re.compile(r"\b(resource|notification)_[0-9a-f]+\b"), r"\1_ID"),
)


class Sandbox:
    """The folder, and the servers that blocks have started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self._programs = folder / "bin"
        self._servers: list[subprocess.Popen[str]] = []
        self._url = DOCUMENTED_URL
        shutil.copytree(ROOT / "examples", self.folder / "examples")
        self._programs.mkdir()
        for name, arguments in _PROGRAMS.items():
            program = self._programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n', encoding="utf-8")
            program.chmod(0o755)

    def close(self) -> None:
        """Stop the servers."""
        for server in self._servers:
            server.terminate()
            server.communicate(timeout=PATIENCE)

    def do(self, block: Block) -> None:
        """Do what the comment above a block says."""
        match block.verb, block.language:
            case "file", _:
                path = self.folder / block.words
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            case "run", "python":
                self._expect(["python", "-c", block.text], 0)
            case "run", _:
                *others, last = _commands(block.text)
                for command in others:
                    self._expect(["sh", "-c", command], 0)
                self._expect(["sh", "-c", last], int(block.words.removeprefix("exit ") or 0))
            case "shown", _:
                self._compare(block)
            case "server", _:
                self._serve(block.text)
            case _:
                return

    def output(self, command: str) -> str:
        """What a command writes to both streams."""
        return self._run(["sh", "-c", command]).stdout

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        program = str(self._programs / arguments[0]) if arguments[0] in _PROGRAMS else arguments[0]
        written = [argument.replace(DOCUMENTED_URL, self._url) for argument in arguments[1:]]
        return subprocess.run(
            [program, *written],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MFO_", "FORCE_COLOR"))}
        return kept | {
            "PATH": f"{self._programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
            "MFO_CREDENTIALS": str(self.folder / "credentials.json"),
        }

    def _expect(self, arguments: list[str], status: int) -> None:
        done = self._run(arguments)
        assert done.returncode == status, f"{arguments[-1]}\nended with {done.returncode}:\n{done.stdout}"

    def _compare(self, block: Block) -> None:
        said = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)
        assert not said[0], f"line {block.line}: a console starts with a command"
        for command, shown in zip(said[1::2], said[2::2], strict=True):
            assert _steady(self.output(command)) == _steady(shown), command

    def _serve(self, text: str) -> None:
        (command,) = _commands(text)
        assert "--port 8080" in command
        server = subprocess.Popen(
            ["sh", "-c", f"exec env {command.replace('--port 8080', '--port 0')}"],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self._servers.append(server)
        assert server.stdout is not None
        self._url = server.stdout.readline().removeprefix("serving at ").strip()
        assert self._url.startswith("http://127.0.0.1:"), self._url


def _commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _steady(output: str) -> str:
    for pattern, word in _VARYING:
        output = pattern.sub(word, output)
    return output.strip()
