"""A baseline's file: what is written is read again, merges well, and what is no baseline is told in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mfo_dialect.baseline import Baseline, Entry
from mfo_workspace.baseline_file import baseline_of_text, baseline_text, read_baseline
from mfo_workspace.files import DiskFiles, UnreadableFileError
from tests.effort import examples

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "baseline.schema.json").read_text(encoding="utf-8"))
ids = st.text(min_size=1, max_size=12)
entries = st.builds(
    Entry,
    ids,
    st.one_of(st.just(""), st.builds("{} {}".format, st.sampled_from(["task", "agent", "template"]), ids)),
    st.sampled_from(["MFO401", "MFO201"]),
    st.text("0123456789abcdef", min_size=16, max_size=16),
)
baselines = st.dictionaries(entries, st.integers(1, 9), max_size=6)


@settings(max_examples=examples(60), deadline=None)
@given(baselines)
def test_what_is_written_is_read_again_and_fits_the_schema(counts: dict[Entry, int]) -> None:
    text = baseline_text(counts)
    assert baseline_of_text("b.json", text) == Baseline(counts)
    assert text == baseline_text(dict(reversed(counts.items())))
    assert text.isascii()
    Draft202012Validator(SCHEMA).validate(json.loads(text))


@given(baselines, baselines)
def test_lines_of_both_sides_of_a_merge_make_a_baseline(ours: dict[Entry, int], theirs: dict[Entry, int]) -> None:
    lines = [
        line.rstrip(",")
        for counts in (ours, theirs)
        for line in baseline_text(counts).split("\n")
        if line.startswith("    ")
    ]
    merged = '{"version": 1, "findings": [\n' + ",\n".join(lines) + "\n]}"
    expected = {entry: max(ours.get(entry, 0), theirs.get(entry, 0)) for entry in {**ours, **theirs}}
    assert baseline_of_text("b.json", merged).counts == expected


@pytest.mark.parametrize("counts", [(2, 5), (5, 2)])
def test_an_entry_that_is_there_twice_counts_as_the_larger_one(counts: tuple[int, int]) -> None:
    entry = Entry("a.yml", "task fetch", "MFO401", "0" * 16)
    lines = [baseline_text({entry: count}).split("\n")[4] for count in counts]
    merged = '{"version": 1, "findings": [\n' + ",\n".join(lines) + "\n]}"
    assert baseline_of_text("b.json", merged).counts == {entry: 5}


def test_one_entry_stands_on_one_line() -> None:
    first = Entry("a.yml", "task fetch", "MFO401", "0" * 16)
    second = Entry("a.yml", "", "MFO201", "f" * 16)
    assert baseline_text({first: 2, second: 1}).split("\n")[4:6] == [
        '    {"file": "a.yml", "node": "", "rule": "MFO201", "hash": "ffffffffffffffff", "count": 1},',
        '    {"file": "a.yml", "node": "task fetch", "rule": "MFO401", "hash": "0000000000000000", "count": 2}',
    ]


GOOD = baseline_text({Entry("a.yml", "task fetch", "MFO401", "0" * 16): 2})
DAMAGED = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ("[" * 100_000, "JSON"),
    ('{"version": ' + "9" * 5000 + "}", "JSON"),
    ("[]", 'it does not say "version": 1'),
    ('{"name": "a-package", "version": "1.0.0"}', 'it does not say "version": 1'),
    ('{"version": true, "findings": []}', 'it does not say "version": 1'),
    ('{"version": 2, "findings": []}', "version 2, and this mfo-lsp reads version 1"),
    ('{"version": 1, "findings": {}}', "no list"),
    ('{"version": 1, "findings": [1]}', "entry 1"),
    (GOOD.replace('"count": 2', '"count": 0'), "entry 1"),
    (GOOD.replace('"count": 2', '"count": "2"'), "entry 1"),
    (GOOD.replace('"hash": "0', '"hash": "x'), "entry 1"),
    (GOOD.replace("MFO401", "E401"), "entry 1"),
    (GOOD.replace('"node": "task fetch", ', ""), "entry 1"),
    (GOOD.replace("    {", "<<<<<<< ours\n    {"), "conflict of a merge"),
]


@pytest.mark.parametrize(("text", "words"), DAMAGED, ids=range(len(DAMAGED)))
def test_what_is_no_baseline_is_told(text: str, words: str) -> None:
    with pytest.raises(UnreadableFileError) as told:
        baseline_of_text("b.json", text)
    assert words in told.value.reason
    assert "\n" not in told.value.reason


def test_places_are_told_where_there_are_some() -> None:
    for text, place in (('{\n  "version": 1,,\n}', (2, 16)), ("{\n=======\n}", (2, 1))):
        with pytest.raises(UnreadableFileError) as told:
            baseline_of_text("b.json", text)
        assert (told.value.line, told.value.column) == place


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\0\1")
    for name, words in (("none.json", "there is no such baseline"), ("binary.json", "binary"), (".", "no such")):
        with pytest.raises(UnreadableFileError, match=words):
            read_baseline((tmp_path / name).as_posix(), DiskFiles())


@given(st.text(max_size=60))
def test_any_text_is_a_baseline_or_told(text: str) -> None:
    for some in (text, GOOD[: len(text) * 4] + text, f'{{"version": 1, "findings": [{text}]}}'):
        try:
            counts = baseline_of_text("b.json", some).counts
        except UnreadableFileError:
            continue
        assert baseline_of_text("b.json", baseline_text(counts)).counts == counts
