"""What earlier checks found: taken only where checking again would find the same, whatever happened to the files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_lsp.reports import FORMATS, CheckOutcome
from mfo_workspace.cache.observing import Observation
from mfo_workspace.cache.pages import MAX_ENTRIES, Entry, read_page, write_page
from mfo_workspace.cache.store import CheckCache
from mfo_workspace.checked import CheckedFiles, grouped
from mfo_workspace.checking_on_disk import check_on_disk
from mfo_workspace.data_folder import cache_folder
from mfo_workspace.walking import walk_yaml
from tests.effort import examples

ROOT = Path(__file__).resolve().parents[2]
FLOW = """name: f
tasks:
  - id: a
    type: mfo_api_chat_send
    config: {prompt_template_id: hi, prompt_context: {name: "${INPUT.name}"}}
"""
PROMPTS = "templates:\n  hi:\n    user_prompt: Hello {{ .name }}\n"
CONTENTS = (
    FLOW,
    FLOW.replace("hi", "other"),
    FLOW + "  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n    dependencies: [b]\n",
    PROMPTS,
    PROMPTS.replace(".name", ".surname"),
    "templates:\n  other:\n    user_prompt: Hello\n",
    "agents:\n  - id: helper\n    objectives: [help]\n",
    'tasks: [\n  - "',
    "",
    "é\n",
)
SETTINGS = (
    "",
    '[rules]\nMFO601 = "off"\n',
    '[bundle]\nprompts = ["shared/**/*.yml"]\n',
    '[bundle]\nexclude = ["b/*"]\n',
    "[",
)
NAMES = (
    "workflow_definition.yml",
    "prompts_definition.yml",
    "more.yaml",
    "b/workflow.yml",
    "b/prompts.yml",
    "shared/x/p.yml",
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(CONTENTS)),
    st.tuples(st.just("mfo.toml"), st.sampled_from(SETTINGS)),
    st.tuples(st.just("b/mfo.toml"), st.sampled_from(SETTINGS)),
    st.tuples(st.sampled_from((*NAMES, "mfo.toml", "b/mfo.toml")), st.just(None)),
    st.tuples(st.sampled_from(NAMES), st.just("\udcff")),
)


def write(root: Path, texts: Mapping[str, str | None]) -> None:
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, encoding="utf-8", errors="surrogateescape")


def check(root: Path, cache: CheckCache | None = None, asked: RuleSettings = NOTHING_SAID) -> CheckedFiles:
    return check_on_disk([(path, False) for path in walk_yaml(root)], asked, cache)


def cache_at(folder: Path, asked: RuleSettings = NOTHING_SAID) -> CheckCache:
    return CheckCache(folder, "checker", repr(asked))


def told(checked: CheckedFiles) -> dict[str, object]:
    outcome = CheckOutcome(checked.findings, {}, checked.lines, checked.file_count)
    reports = {name: report(outcome) for name, report in FORMATS.items()}
    return {
        **reports,
        "findings": checked.findings,
        "documents": checked.documents,
        "unreadable": [str(error) for error in checked.unreadable],
        "baselines": checked.baselines,
    }


def known(root: Path, cache: CheckCache) -> list[bool]:
    return [cache.find(group) is not None for group in grouped((path, False) for path in walk_yaml(root))]


@settings(max_examples=examples(40))
@given(steps=st.lists(st.lists(STEPS, max_size=3), min_size=1, max_size=6))
def test_whatever_is_edited_a_run_with_a_cache_tells_what_one_without_tells(steps: list) -> None:
    with TemporaryDirectory() as name:
        root, folder = Path(name) / "bundle", Path(name) / "cache"
        write(root, {"workflow_definition.yml": FLOW, "prompts_definition.yml": PROMPTS, "b/workflow.yml": FLOW})
        for edits in steps:
            write(root, dict(edits))
            fresh = told(check(root))
            assert told(check(root, cache_at(folder))) == fresh
            assert told(check(root, cache_at(folder))) == fresh
            assert all(known(root, cache_at(folder)))


def test_a_cached_finding_has_every_field_of_the_found_one(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    found = check(tmp_path / "examples", cache_at(tmp_path / "cache"))
    assert all(known(tmp_path / "examples", cache_at(tmp_path / "cache")))
    again = check(tmp_path / "examples", cache_at(tmp_path / "cache"))
    assert again.findings == found.findings
    for part in ("related", "fixes", "tags", "missing"):
        assert any(getattr(finding, part) for finding in again.findings), part
    assert {key: again.lines[key].text for key in found.lines} == {key: found.lines[key].text for key in found.lines}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prompts_definition.yml", PROMPTS.replace("hi", "ho")),
        ("prompts_definition.yml", None),
        ("agents.yml", "agents: []\n"),
        ("mfo.toml", '[rules]\nMFO601 = "off"\n'),
        ("../mfo.toml", '[rules]\nMFO601 = "off"\n'),
        ("../pyproject.toml", '[tool.mfo.rules]\nMFO601 = "off"\n'),
    ],
)
def test_an_edit_of_what_a_workflow_sees_is_seen(tmp_path: Path, name: str, text: str | None) -> None:
    root, cache = tmp_path / "x", tmp_path / "cache"
    write(root, {"workflow_definition.yml": FLOW, "prompts_definition.yml": PROMPTS})
    check(root, cache_at(cache))
    assert all(known(root, cache_at(cache)))
    write(root, {name: text})
    assert not all(known(root, cache_at(cache)))
    assert told(check(root, cache_at(cache))) == told(check(root))


def test_a_file_beside_another_bundle_leaves_this_one_known(tmp_path: Path) -> None:
    write(tmp_path / "x", {"a/workflow.yml": FLOW, "b/workflow.yml": FLOW})
    check(tmp_path / "x", cache_at(tmp_path / "cache"))
    write(tmp_path / "x", {"b/prompts.yml": PROMPTS})
    assert known(tmp_path / "x", cache_at(tmp_path / "cache")) == [True, False]


def test_files_that_are_no_documents_change_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"workflow.yml": FLOW})
    check(tmp_path, cache_at(tmp_path / ".mfo/cache"))
    write(tmp_path, {"README.md": "words", "out/result.json": "{}"})
    assert known(tmp_path, cache_at(tmp_path / ".mfo/cache")) == [True]


def test_other_settings_and_another_checker_have_entries_of_their_own(tmp_path: Path) -> None:
    write(tmp_path / "x", {"workflow.yml": FLOW})
    asked = RuleSettings(ignore=("MFO601",))
    assert len(check(tmp_path / "x", cache_at(tmp_path / "cache")).findings) > 0
    assert known(tmp_path / "x", cache_at(tmp_path / "cache", asked)) == [False]
    assert known(tmp_path / "x", CheckCache(tmp_path / "cache", "other", repr(NOTHING_SAID))) == [False]
    ignoring = check(tmp_path / "x", cache_at(tmp_path / "cache", asked), asked)
    assert "MFO601" not in {finding.code for finding in ignoring.findings}


def test_hints_alone_need_not_be_read(tmp_path: Path) -> None:
    write(tmp_path / "x", {"workflow.yml": FLOW, "prompts.yml": PROMPTS + "  idle:\n    user_prompt: Hello\n"})
    wanted = [(path, False) for path in walk_yaml(tmp_path / "x")]
    assert {finding.severity.word for finding in check_on_disk(wanted).findings} == {"hint"}
    for _ in range(2):
        quiet = check_on_disk(wanted, cache=cache_at(tmp_path / "cache"), mere_hints=False)
        assert (quiet.findings, quiet.file_count) == ((), 2)
    write(tmp_path / "x", {"workflow.yml": FLOW.replace("hi", "ho")})
    wanted = [(path, False) for path in walk_yaml(tmp_path / "x")]
    for _ in range(2):
        both = check_on_disk(wanted, cache=cache_at(tmp_path / "cache"), mere_hints=False)
        assert {finding.severity.word for finding in both.findings} == {"error"}


@settings(max_examples=examples(40))
@given(cut=st.floats(0, 1), junk=st.binary(max_size=40))
def test_a_damaged_page_is_an_empty_one(cut: float, junk: bytes) -> None:
    with TemporaryDirectory() as name:
        root, folder = Path(name) / "x", Path(name) / "cache"
        write(root, {"workflow.yml": FLOW})
        fresh = told(check(root, cache_at(folder)))
        for page in folder.rglob("*.json"):
            data = page.read_bytes()
            page.write_bytes(data[: int(cut * len(data))] + junk)
        assert told(check(root, cache_at(folder))) == fresh
        assert all(known(root, cache_at(folder)))


def test_where_no_folder_can_be_made_there_is_no_cache(tmp_path: Path) -> None:
    write(tmp_path, {"x/workflow.yml": FLOW, "file": "words"})
    for folder in (tmp_path / "file", tmp_path / "file/below", tmp_path / "nul\0"):
        assert told(check(tmp_path / "x", cache_at(folder))) == told(check(tmp_path / "x"))
    assert (tmp_path / "file").read_text() == "words"


def test_many_at_once_keep_what_each_has_found(tmp_path: Path) -> None:
    write(tmp_path, {f"x/{number}/workflow.yml": FLOW for number in range(12)})
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: told(check(tmp_path / "x", cache_at(tmp_path / "cache"))), range(8)))
    assert all(one == found[0] for one in found)
    assert all(known(tmp_path / "x", cache_at(tmp_path / "cache")))
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.suffix == ".new"]


def test_pages_and_folders_do_not_grow_without_end(tmp_path: Path) -> None:
    entry = Entry(Observation((), "0"), 1, is_quiet=True, found=b"[]")
    write_page(tmp_path / "a.json", {f"{number:x}": entry for number in range(MAX_ENTRIES + 7)})
    kept = [*read_page(tmp_path / "a.json")]
    assert (kept[0], kept[-1], len(kept)) == ("7", f"{MAX_ENTRIES + 6:x}", MAX_ENTRIES)
    write(tmp_path, {"x/workflow.yml": FLOW})
    for number in range(7):
        check(tmp_path / "x", CheckCache(tmp_path / "cache", f"checker{number}", ""))
    assert len(list((tmp_path / "cache").glob("check-*"))) == 4


def test_the_folder_is_beside_the_project_and_ignored(tmp_path: Path) -> None:
    write(tmp_path, {"mfo.toml": "", "flows/deep/workflow.yml": FLOW})
    start = tmp_path / "flows/deep"
    folder = cache_folder(None, {}, start)
    assert folder == tmp_path / ".mfo/cache"
    assert cache_folder("here", {"MFO_CACHE_DIR": "/there"}, start) == start / "here"
    assert cache_folder(None, {"MFO_CACHE_DIR": "/there", "MFO_HOME": "/home"}, start) == Path("/there")
    assert cache_folder(None, {"MFO_HOME": "/home"}, start) == Path("/home/cache")
    check(tmp_path, cache_at(folder))
    assert (tmp_path / ".mfo/.gitignore").read_text() == (tmp_path / ".mfo/cache/.gitignore").read_text() == "*\n"
