"""What the session makes of events: which bundles they touch, and what is read from where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.checker import check, check_snapshot
from mfo_lsp.server.open_text import TextChange
from mfo_lsp.server.session import Session
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import UnreadableFileError

FLOW = "name: a\ntasks:\n  - id: one\n    type: mfo_api_tool_list\n    dependencies: [two]\n"
GOOD = FLOW.replace("two", "").replace("dependencies: []", "priority: high")
PROMPTS = "templates:\n  draft:\n    user_prompt: Hello\n"
FOREIGN = "services:\n  web: {image: nginx}\n"


class MemoryDisk:
    """A disk of texts; counts what is read from it."""

    def __init__(self, **files: str) -> None:
        self.files = {f"/w/{name}.yml": text for name, text in files.items()}
        self.reads: list[str] = []

    def read(self, path: str) -> str:
        self.reads.append(path)
        if path not in self.files:
            raise UnreadableFileError(path, "there is no such file")
        return self.files[path]

    def list_directory(self, path: str) -> list[str]:
        return sorted(file for file in self.files if file.rpartition("/")[0] == path)

    def exists(self, path: str) -> bool:
        return path in self.files


def whole(text):
    return [TextChange(None, text)]


def texts(session, bundle="/w"):
    sources = session.analysis(bundle).snapshot.bundle.sources
    return {key.removeprefix("/w/"): source.text for key, source in sources.items()}


def ours(session, bundle="/w"):
    return [source for source in session.analysis(bundle).snapshot.bundle.sources.values() if source.is_ours]


def codes(session, bundle="/w"):
    return [finding.code for finding in check_snapshot(session.analysis(bundle).snapshot)]


def test_the_open_text_wins_over_the_disk_until_it_is_closed():
    session = Session(MemoryDisk(flow=FLOW, prompts=PROMPTS), dict)
    assert session.open("file:///w/flow.yml", 1, GOOD) == {"/w"}
    assert texts(session) == {"flow.yml": GOOD, "prompts.yml": PROMPTS}
    assert session.change("file:///w/flow.yml", 2, whole(FLOW + "# x\n")) == {"/w"}
    assert texts(session)["flow.yml"] == FLOW + "# x\n"
    assert session.close("file:///w/flow.yml") == {"/w"}
    assert texts(session)["flow.yml"] == FLOW


def test_an_open_file_that_is_not_on_the_disk_yet_belongs_to_its_directory():
    session = Session(MemoryDisk(prompts=PROMPTS), dict)
    session.open("file:///w/flow.yml", 1, FLOW)
    assert list(texts(session)) == ["flow.yml", "prompts.yml"]
    session.close("file:///w/flow.yml")
    assert list(texts(session)) == ["prompts.yml"]


def test_a_text_without_a_file_is_a_bundle_of_its_own():
    session = Session(MemoryDisk(prompts=PROMPTS), dict)
    assert session.open("untitled:Untitled-1", 1, FLOW) == {"untitled:Untitled-1"}
    assert codes(session, "untitled:Untitled-1") == ["MFO302"]


def test_a_change_reads_the_changed_text_alone_and_keeps_what_was_read_of_others():
    disk = MemoryDisk(flow=FLOW, prompts=PROMPTS)
    session = Session(disk, dict)
    session.open("file:///w/flow.yml", 1, FLOW)
    before = session.analysis("/w").snapshot.bundle.sources["/w/prompts.yml"]
    disk.reads.clear()
    session.change("file:///w/flow.yml", 2, whole(GOOD))
    assert session.analysis("/w").snapshot.bundle.sources["/w/prompts.yml"] is before
    assert disk.reads == []


def test_a_file_is_reread_when_the_disk_says_so():
    disk = MemoryDisk(flow=FLOW, prompts=PROMPTS)
    session = Session(disk, dict)
    session.open("file:///w/flow.yml", 1, FLOW)
    session.analysis("/w")
    del disk.files["/w/prompts.yml"]
    disk.files["/w/agents.yml"] = "agents: {}\n"
    assert session.reread(["/w/prompts.yml", "/w/agents.yml"]) == {"/w"}
    assert list(texts(session)) == ["agents.yml", "flow.yml"]


def test_a_project_file_counts_for_all_directories_below_it():
    disk = MemoryDisk()
    session = Session(disk, dict)
    session.open("file:///w/a/flow.yml", 1, FLOW)
    session.open("file:///w/b/flow.yml", 1, FLOW)
    session.open("file:///other/flow.yml", 1, FLOW)
    assert codes(session, "/w/a") == ["MFO302"]
    off = '[rules]\nMFO302 = "off"\n'
    assert session.open("file:///w/mfo.toml", 1, off) == {"/w", "/w/a", "/w/b"}
    assert [codes(session, bundle) for bundle in ("/w/a", "/w/b", "/other")] == [[], [], ["MFO302"]]
    session.change("file:///w/mfo.toml", 2, whole(""))
    assert codes(session, "/w/a") == ["MFO302"]


def test_a_file_that_is_no_yaml_touches_nothing():
    session = Session(MemoryDisk(flow=FLOW), dict)
    assert session.open("file:///w/notes.md", 1, FLOW) == set()
    assert session.change("file:///w/unopened.yml", 2, whole(FLOW)) == set()
    assert session.close("file:///w/unopened.yml") == set()


def test_editing_a_foreign_file_touches_nothing_until_it_becomes_ours():
    disk = MemoryDisk(flow=FLOW)
    session = Session(disk, dict)
    session.open("file:///w/compose.yml", 1, FOREIGN)
    session.analysis("/w")
    assert session.change("file:///w/compose.yml", 2, whole(FOREIGN + "# more\n")) == set()
    assert session.change("file:///w/compose.yml", 3, whole(PROMPTS)) == {"/w"}
    assert list(texts(session)) == ["compose.yml", "flow.yml"]
    session.change("file:///w/compose.yml", 4, whole(FOREIGN))
    assert not any(source.key == "/w/compose.yml" for source in ours(session))


def test_a_half_typed_text_keeps_the_kind_that_it_had_while_it_is_open():
    session = Session(MemoryDisk(), dict)
    session.open("file:///w/mine.yml", 1, FLOW)
    session.analysis("/w")
    session.change("file:///w/mine.yml", 2, whole("name: a\n"))
    assert session.analysis("/w").snapshot.bundle.sources["/w/mine.yml"].is_ours
    session.open("file:///w/other.yml", 1, FLOW)
    session.close("file:///w/mine.yml")
    session.open("file:///w/mine.yml", 1, "name: a\n")
    assert "/w/mine.yml" not in session.analysis("/w").snapshot.bundle.sources


def test_closing_the_last_document_frees_what_was_read():
    session = Session(MemoryDisk(flow=FLOW, prompts=PROMPTS), dict)
    session.open("file:///w/flow.yml", 1, FLOW)
    session.analysis("/w")
    session.close("file:///w/flow.yml")
    assert (len(session._sources), session._edited, session.watched_bundles()) == (0, {}, set())


def test_no_more_is_remembered_of_what_is_not_open_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("mfo_lsp.server.session._REMEMBERED", 3 * len(FLOW))
    disk = MemoryDisk()
    disk.files = {f"/w{number}/flow.yml": FLOW for number in range(9)} | {"/large/flow.yml": FLOW + "#" * 9999}
    session = Session(disk, dict)
    for number in range(9):
        assert session.analysis(f"/w{number}").snapshot.bundle.sources
    assert session.analysis("/large").snapshot.bundle.sources
    assert list(session._sources) == [f"/w{number}/flow.yml" for number in (6, 7, 8)]
    assert list(session._remembered) == ["/w6", "/w7", "/w8"]
    assert session.analysis("/w8") is session.analysis("/w8")


def test_one_file_under_two_spellings_is_one_document():
    session = Session(MemoryDisk(), dict)
    session.open("file:///c%3A/w/flow.yml", 1, FLOW)
    assert session.change("file:///C:/w/flow.yml", 2, whole(GOOD)) == {"C:/w"}
    assert session.uri("C:/w/flow.yml") == "file:///c%3A/w/flow.yml"
    assert list(session.open_texts) == ["C:/w/flow.yml"]


NAMES = st.sampled_from(["flow", "prompts", "other"])
TEXTS = st.sampled_from([FLOW, GOOD, PROMPTS, FOREIGN, "name: a\n", "", FLOW[:40], "a: [", "tasks:\n  - id: x\n"])
EVENTS = st.tuples(st.sampled_from(["open", "change", "close", "write", "delete", "ask"]), NAMES, TEXTS)


@pytest.mark.parametrize("disk_files", [{"flow": FLOW, "prompts": PROMPTS}])
@given(events=st.lists(EVENTS, max_size=12))
def test_any_session_ends_with_the_findings_of_a_fresh_look(disk_files, events):
    disk = MemoryDisk(**disk_files)
    session = Session(disk, dict)
    for version, (event, name, text) in enumerate(events):
        uri, key = f"file:///w/{name}.yml", f"/w/{name}.yml"
        match event:
            case "open":
                session.open(uri, version, text)
            case "change":
                session.change(uri, version, whole(text))
            case "close":
                session.close(uri)
            case "write":
                disk.files[key] = text
                session.reread([key])
            case "delete":
                disk.files.pop(key, None)
                session.reread([key])
            case _:
                session.analysis("/w")
    fresh = MemoryDisk(**disk_files)
    fresh.files = {**disk.files, **{key: opened.text for key, opened in session.open_texts.items()}}
    bundle = load_bundle("/w", fresh)
    kept = session.analysis("/w").snapshot
    same_kinds = {key: source.kind for key, source in bundle.sources.items() if source.is_ours} == {
        key: source.kind for key, source in kept.bundle.sources.items() if source.is_ours
    }
    if same_kinds:  # a text that keeps an older kind while it is open is meant to be read otherwise
        assert check_snapshot(kept) == check(bundle)
    assert {key: source.text for key, source in kept.bundle.sources.items() if source.is_ours}.items() >= {
        key: source.text for key, source in bundle.sources.items() if source.is_ours
    }.items()
