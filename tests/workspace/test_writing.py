"""Writing changed texts: files that belong together are all written or none, and never over somebody else's change."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mfo_workspace.writing import ChangedText, UnwritableFileError, write_texts


def change(path: Path, before: str | None, after: str) -> ChangedText:
    return ChangedText(path.as_posix(), before, after)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_has_changed_meanwhile_is_left_alone_with_those_that_belong_to_it(tmp_path: Path) -> None:
    one, other = tmp_path / "a.yml", tmp_path / "b.yml"
    one.write_text("a: 1\n")
    other.write_text("somebody else's\n")
    with pytest.raises(UnwritableFileError, match=r"b\.yml: the file has changed meanwhile"):
        write_texts([change(one, "a: 1\n", "a: 2\n"), change(other, "b: 1\n", "b: 2\n")])
    assert (one.read_text(), other.read_text()) == ("a: 1\n", "somebody else's\n")
    assert names(tmp_path) == ["a.yml", "b.yml"]


def test_a_file_that_has_gone_or_come_meanwhile_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFileError, match="cannot be written: no such file"):
        write_texts([change(tmp_path / "gone.yml", "a: 1\n", "a: 2\n")])
    (tmp_path / "come.yml").write_text("theirs\n")
    with pytest.raises(UnwritableFileError, match="has come meanwhile"):
        write_texts([change(tmp_path / "come.yml", None, "ours\n")])
    assert (tmp_path / "come.yml").read_text() == "theirs\n"
    assert names(tmp_path) == ["come.yml"]


def test_a_new_file_gets_the_permissions_that_any_new_file_gets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_texts([change(tmp_path / "new.yml", None, "a: é\n")])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.yml").stat().st_mode) == 0o640
    assert (tmp_path / "new.yml").read_bytes() == "a: é\n".encode()


def test_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 240}.yml"
    path.write_text("a: 1\n")
    write_texts([change(path, "a: 1\n", "a: 2\n")])
    assert path.read_text() == "a: 2\n"
