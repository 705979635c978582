"""Whatever a file holds, ``check`` says something clear about it or nothing, and comes to an end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.conftest import EXAMPLES, Command

FLOW = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n"
DEEP = 10_000
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

WRONG = FLOW.replace("key: k", "key: '${nope.x}'").encode()

UNREADABLE = {
    "binary": (b"name: f\n\x00\x01\x02", "workflow.yml:2:1: this is a binary file"),
    "not UTF-8": ("name: é\ntasks:\n".encode() + b"  - id: \xe9\n", "workflow.yml:3:9: the file is not UTF-8 text"),
    "50 MB": (b"# filler\n" * (50 * 1024 * 1024 // 9), "workflow.yml: the file is larger than 16 MB"),
    "half of UTF-16": ("name: f".encode("utf-16") + b"\x00", "workflow.yml"),
}
BROKEN = {
    "no YAML": b"name: [\n}: {{\n",
    "deep flow collections": b"name: f\ntasks: " + b"[" * DEEP,
    "deep closed collections": b"name: f\ntasks: " + b"[" * DEEP + b"]" * DEEP,
    "deep flow maps": b"name: f\ntasks: " + b"{a: " * DEEP,
    "deep block sequences": b"name: f\ntasks:\n  " + b"- " * DEEP,
    "deep block maps": b"name: f\ntasks:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(1, 2000)),
    "tabs": FLOW.replace("  ", "\t").encode(),
    "an escaped lone surrogate": FLOW.replace("key: k", 'key: "\\ud800 ${nope.x}"').encode(),
    "control characters": FLOW.replace("key: k", 'key: "${nope.x} \\e[31m \\0 \x7f"').encode(),
    "a key twice": (FLOW + "tasks: []\n").encode(),
    "directives": b"%YAML 9.9\n%FOO\n---\n" + WRONG,
    "recursive aliases": b"name: f\ntasks: &t\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: *t}\n  - *t\n",
    "an alias bomb": (FLOW.replace("{key: k}", "{key: *a11}").replace("name: f\n", f"name: f\n{BOMB}")).encode(),
    "a long line": FLOW.replace("key: k", "key: '" + "${nope.x} " * 2000 + "'").encode(),
    "many documents": b"---\n".join([WRONG] * 50),
    "only a comment": b"# nothing\n",
    "an empty workflow": b"",
}
FINE = {
    "a tag": FLOW.replace("key: k", "key: !python/object:os.system ls").encode(),
    "a byte order mark": b"\xef\xbb\xbf" + FLOW.encode(),
    "UTF-16": FLOW.encode("utf-16"),
    "CRLF": FLOW.replace("\n", "\r\n").encode(),
    "CR": FLOW.replace("\n", "\r").encode(),
    "no line break at the end": FLOW.rstrip("\n").encode(),
}


@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told_with_its_place(command: Command, tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "workflow.yml").write_bytes(data)
    for arguments in (["workflow.yml"], ["."]):
        ran = command("check", *arguments, cwd=tmp_path)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"mfo-lsp: {words}")
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_a_finding(command: Command, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "workflow.yml").write_bytes(data)
    ran = command("check", "workflow.yml", cwd=tmp_path)
    assert ran.status == 1, ran
    assert ran.err == ""
    assert ran.out.startswith("workflow.yml:")
    assert "MFO999" not in ran.out
    assert all(character >= " " or character == "\n" for character in ran.out)
    for format_name in ("json", "github"):
        assert command("check", "--format", format_name, "workflow.yml", cwd=tmp_path).status == 1


@pytest.mark.parametrize("data", FINE.values(), ids=FINE)
def test_other_encodings_and_line_ends_are_fine(command: Command, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "workflow.yml").write_bytes(data)
    ran = command("check", cwd=tmp_path)
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_an_unreadable_file_that_is_plainly_not_ours_is_passed_over(command: Command, tmp_path: Path) -> None:
    (tmp_path / "data.yml").write_bytes(b"\x00\xff")
    (tmp_path / "workflow.yml").write_text(FLOW)
    assert command("check", cwd=tmp_path).status == 0


@pytest.mark.parametrize("arguments", [["nope.yml"], ["nope"], ["dangling.yml"], ["loop.yml"], ["x" * 5000]])
def test_what_is_not_there_is_told(command: Command, tmp_path: Path, arguments: list) -> None:
    (tmp_path / "dangling.yml").symlink_to("gone.yml")
    (tmp_path / "loop.yml").symlink_to("loop.yml")
    ran = command("check", *arguments, cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert "there is no such file or directory" in ran.err
    assert ran.err.count("\n") == 1


def test_an_empty_name_is_not_the_current_directory(command: Command, tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text("tasks: 3\n")
    ran = command("check", "", cwd=tmp_path)
    assert (ran.status, ran.out, ran.err) == (2, "", 'mfo-lsp: "": an empty name is no file\n')


def test_a_directory_without_documents_is_said_to_be_one(command: Command, tmp_path: Path) -> None:
    ran = command("check", "./", cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "mfo-lsp: there is no MFO document among these files\n")


def test_a_dangling_link_in_a_directory_is_told_where_its_name_is_ours(command: Command, tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").symlink_to("gone.yml")
    (tmp_path / "other.yml").symlink_to("gone.yml")
    ran = command("check", cwd=tmp_path)
    assert (ran.status, ran.err) == (2, "mfo-lsp: workflow.yml: there is no such file\n")


@pytest.mark.parametrize("name", ["with space", "ünï😀", "new\nline", "a'b\"c", "-x", "#", "[x]", "a:b"])
def test_any_name_will_do(command: Command, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name} workflow.yml").write_text(FLOW.replace("key: k", "key: '${nope.x}'"))
    shown = f"{name}/{name} workflow.yml".replace("\n", "\N{REPLACEMENT CHARACTER}")
    for arguments in ([], ["--", name], ["--", f"{name}/{name} workflow.yml"]):
        ran = command("check", *arguments, cwd=tmp_path)
        assert (ran.status, ran.err) == (1, "")
        assert ran.out.startswith(f"{shown}:5:")


def test_a_name_that_is_no_unicode(command: Command, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(folder)  # noqa: PTH102 - the name is bytes
    Path(os.fsdecode(folder), "workflow.yml").write_text(FLOW.replace("key: k", "key: '${nope.x}'"))
    for format_name in ("text", "json", "github"):
        assert command("check", "--format", format_name, cwd=tmp_path).status == 1


def test_nothing_to_check_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {}\n")
    for arguments in ([], ["compose.yml"]):
        ran = command("check", *arguments, cwd=tmp_path)
        assert (ran.status, ran.out, ran.err) == (0, "", "mfo-lsp: there is no MFO document among these files\n")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A directory that others can reach, with a file and a directory that nobody but root can read.

    It is none of pytest's, which closes the folder around its own to others whenever it is started.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        (folder / "workflow.yml").write_text(FLOW)
        (folder / "shut").mkdir()
        (folder / "shut" / "workflow.yml").write_text(FLOW)
        (folder / "secret.yml").write_text(FLOW)
        (folder / "secret.yml").chmod(0)
        (folder / "shut").chmod(0)
        yield folder
        (folder / "shut").chmod(0o700)


AS_NOBODY = (
    "import contextlib, io, os, sys, tempfile, traceback\nfrom mfo_lsp.__main__ import main\n"
    "import encodings.utf_8_sig, mfo_workspace.checking\n"
    "wanted = sys.argv[1:]\n"
    "with tempfile.TemporaryDirectory() as spare, contextlib.redirect_stderr(io.StringIO()):\n"
    "    sys.argv[1:] = ['check', spare]\n"  # loads what nobody may read in some checkouts
    "    with contextlib.suppress(SystemExit):\n        main()\n"
    "sys.argv[1:] = wanted\n"
    "folder = os.getcwd()\nfd = os.open(folder, os.O_RDONLY)\n"
    "if os.getuid() == 0:\n    os.chown(folder, 65534, 65534)\n    os.setgid(65534)\n    os.setuid(65534)\n"
    "main()\n"
)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("shut", "shut: the directory cannot be listed"),
        (".", "shut: the directory cannot be listed"),
        ("secret.yml", "secret.yml: no permission to read the file"),
    ],
)
def test_what_nobody_may_read_is_told(closed: Path, argument: str, words: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, "check", argument],
        cwd=closed,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(EXAMPLES.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    assert (ran.returncode, ran.stderr) == (2, f"mfo-lsp: {words}\n")
