"""Files on disk: reading them, finding project files, gathering bundles."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfo_workspace.bundles import load_bundle
from mfo_workspace.checking import check_files
from mfo_workspace.files import MAX_BYTES, DiskFiles, UnreadableFileError, decode
from mfo_workspace.projects import find_project, project_root

FLOW = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n"
PROMPTS = "templates:\n  hi:\n    user_prompt: x\n"
FILES = DiskFiles()


def write(root: Path, texts: dict[str, str]) -> str:
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root.as_posix()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("é😀\r\n".encode(), "é😀\r\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("a😀".encode("utf-16"), "a😀"),
        (b"\xfe\xff" + "a😀".encode("utf-16-be"), "a😀"),
    ],
)
def test_bytes_are_text(data: bytes, text: str) -> None:
    assert decode("x.yml", data) == text


@pytest.mark.parametrize(
    ("data", "reason", "line", "column"),
    [
        (b"a\nb\xff", "not UTF-8", 2, 2),
        ("é\n".encode() + b"\xc3", "not UTF-8", 2, 1),
        ("éé".encode() + b"\xff", "not UTF-8", 1, 3),
        (b"\xed\xa0\x80", "not UTF-8", 1, 1),
        (b"a\n\0", "binary", 2, 1),
        (b"\xff\xfea", "not UTF-16", 1, 1),
        (b" " * (MAX_BYTES + 1), "larger than 16 MB", 0, 0),
    ],
)
def test_bytes_that_are_no_text_are_told_with_their_place(data: bytes, reason: str, line: int, column: int) -> None:
    with pytest.raises(UnreadableFileError, match=reason) as caught:
        decode("x.yml", data)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    for name, reason in (
        ("gone.yml", "no such file"),
        (".", "is a directory"),
        ("x" * 999, "cannot be read"),
        ("a\0b", "cannot"),
    ):
        with pytest.raises(UnreadableFileError, match=reason):
            FILES.read(f"{tmp_path.as_posix()}/{name}")
    assert not FILES.exists(f"{tmp_path.as_posix()}/a\0b")
    assert not list(FILES.list_directory(f"{tmp_path.as_posix()}/gone"))


@pytest.mark.parametrize(
    ("texts", "document", "severities"),
    [
        ({"mfo.toml": "[rules]\nMFO402 = 'off'\n"}, "mfo.toml", {"MFO402": "off"}),
        ({"sub/mfo.toml": "", "mfo.toml": "[rules]\nMFO402 = 'off'\n"}, "sub/mfo.toml", {}),
        ({"pyproject.toml": "[tool.mfo.rules]\nMFO402 = 'off'\n"}, "pyproject.toml", {"MFO402": "off"}),
        ({"sub/pyproject.toml": "[project]\nname='x'\n", "mfo.toml": "[rules]\na = 'off'\n"}, "mfo.toml", {"a": "off"}),
        ({"sub/mfo.toml": "[", "mfo.toml": ""}, "sub/mfo.toml", {}),
        ({"mfo.toml": "[rules]\na = 'off'\n", "pyproject.toml": "[tool.mfo]\n"}, "mfo.toml", {"a": "off"}),
    ],
)
def test_the_nearest_project_file_counts(tmp_path: Path, texts: dict, document: str, severities: dict) -> None:
    root = write(tmp_path, {**texts, "sub/deep/x.yml": ""})
    project = find_project(f"{root}/sub/deep", FILES)
    assert project.document == f"{root}/{document}"
    assert dict(project.rule_settings.severities) == severities
    assert project_root(project, "/elsewhere") == f"{root}/{document}".rpartition("/")[0]


def keys(root: str, directory: str, **more: object) -> list[str]:
    return [key.removeprefix(f"{root}/") for key in load_bundle(f"{root}/{directory}", FILES, **more).sources]


def test_a_bundle_is_a_directory_with_what_the_project_lists(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "mfo.toml": "[bundle]\nprompts = ['shared/**/*.yml', '/absolute', '../*.yml']\nexclude = ['flows/old_*.yml']\n",
            "shared/a/prompts.yml": PROMPTS,
            "shared/other.txt": PROMPTS,
            "flows/workflow.yml": FLOW,
            "flows/second_workflow.yaml": FLOW,
            "flows/old_workflow.yml": FLOW,
            "flows/compose.yml": "services: {}\n",
            "flows/notes.txt": FLOW,
            "flows/deep/workflow.yml": FLOW,
        },
    )
    assert keys(root, "flows") == ["flows/second_workflow.yaml", "flows/workflow.yml", "shared/a/prompts.yml"]
    bundle = load_bundle(f"{root}/flows", FILES)
    assert {key.removeprefix(f"{root}/") for key in bundle.home} == {
        "flows/second_workflow.yaml",
        "flows/workflow.yml",
        "mfo.toml",
    }
    assert "hi" in bundle.templates


def test_a_reader_of_its_own_is_asked_for_every_document(tmp_path: Path) -> None:
    root = write(tmp_path, {"workflow.yml": FLOW, "prompts.yml": PROMPTS})
    asked: list[str] = []
    load_bundle(root, FILES, read=asked.append)
    assert [path.rpartition("/")[2] for path in asked] == ["prompts.yml", "workflow.yml"]


def test_each_finding_comes_once_however_the_files_are_grouped(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "mfo.toml": "[bundle]\nprompts = ['shared/*.yml']\n[rulez]\n",
            "shared/prompts.yml": PROMPTS.replace(": x", ": a {{ .x"),
            "a/workflow.yml": FLOW.replace("key: k", "key: '${x.y}'"),
            "b/workflow.yml": FLOW.replace("key: k", "key: '${x.y}'"),
        },
    )
    wanted = [(f"{root}/{name}", False) for name in ("shared/prompts.yml", "a/workflow.yml", "b/workflow.yml")]
    checked = check_files(wanted, FILES)
    found = [(f.place.document.removeprefix(f"{root}/"), f.code) for f in checked.findings if f.code != "MFO607"]
    assert found == [
        ("a/workflow.yml", "MFO401"),
        ("b/workflow.yml", "MFO401"),
        ("mfo.toml", "MFO902"),
        ("shared/prompts.yml", "MFO603"),
    ]
    assert checked.file_count == 3
    assert {f.place.document for f in checked.findings} <= checked.documents & set(checked.lines)
