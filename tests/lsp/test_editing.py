"""Editing in a real server process: what an editor shows while its user types."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.text import Encoding
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import DiskFiles
from tests.lsp.conftest import Editor, initialize_params
from tests.lsp.letters import FLOW, PROMPTS
from tests.lsp.raw_client import PATIENCE, SERVER


@pytest.fixture
def bundle(editor):
    editor.write("workflow.yml", FLOW)
    editor.write("prompts.yml", PROMPTS)
    return editor


async def test_a_mistake_is_shown_where_it_is_and_vanishes_when_it_is_undone(bundle):
    bundle.open("workflow.yml")
    await bundle.sees("workflow.yml")
    bundle.replace("workflow.yml", "${fetch_letter.value}", "𝄞 ${fetch_leter.value}")
    await bundle.sees("workflow.yml", ("MFO401", "fetch_leter"))
    bundle.replace("workflow.yml", "dependencies: [fetch_letter]", "dependencies: [fetch_letter, nobody]")
    await bundle.sees("workflow.yml", ("MFO401", "fetch_leter"), ("MFO302", "nobody"))
    bundle.replace("workflow.yml", "𝄞 ${fetch_leter.value}", "${fetch_letter.value}")
    await bundle.sees("workflow.yml", ("MFO302", "nobody"))
    bundle.replace("workflow.yml", ", nobody", "")
    await bundle.sees("workflow.yml")


async def test_broken_yaml_is_one_finding_and_the_rest_stays_known(bundle):
    bundle.open("workflow.yml")
    bundle.replace("workflow.yml", "key: letter}", "key: 'letter}")
    await bundle.until(lambda: [code for code, _ in bundle.findings("workflow.yml")] == ["MFO101"])
    document = types.TextDocumentIdentifier(bundle.uri("workflow.yml"))
    (flow,) = await bundle.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert [child.name for child in flow.children] == ["fetch_letter", "answer"]


async def test_the_unsaved_prompts_win_over_the_disk_and_closing_them_gives_it_back(bundle):
    bundle.open("workflow.yml")
    await bundle.sees("workflow.yml")
    bundle.open("prompts.yml", PROMPTS.replace("draft", "drift"))
    await bundle.until(lambda: [code for code, _ in bundle.findings("workflow.yml")] == ["MFO601"])
    bundle.replace("prompts.yml", "drift", "draft")
    await bundle.until(lambda: bundle.findings("workflow.yml") == [])
    bundle.replace("prompts.yml", "draft", "drift")
    await bundle.until(lambda: [code for code, _ in bundle.findings("workflow.yml")] == ["MFO601"])
    bundle.close("prompts.yml")
    await bundle.until(lambda: bundle.findings("workflow.yml") == [])


async def test_files_that_come_and_go_on_the_disk_count(bundle):
    bundle.open("workflow.yml")
    await bundle.sees("workflow.yml")
    (bundle.folder / "prompts.yml").unlink()
    bundle.files_changed(prompts__yml=types.FileChangeType.Deleted)
    await bundle.until(lambda: [code for code, _ in bundle.findings("workflow.yml")] == ["MFO601"])
    bundle.write("prompts.yml", PROMPTS)
    bundle.files_changed(prompts__yml=types.FileChangeType.Created)
    await bundle.until(lambda: bundle.findings("workflow.yml") == [])


async def test_findings_of_files_that_are_not_open_are_shown_and_taken_away(bundle):
    bundle.write("prompts.yml", PROMPTS.replace("{{ .letter }}", "{{ .letter "))
    bundle.open("workflow.yml")
    await bundle.until(lambda: [code for code, _ in bundle.findings("prompts.yml")] == ["MFO603"])
    assert bundle.published[-1].version is None or bundle.published[-1].uri != bundle.uri("prompts.yml")
    bundle.write("prompts.yml", PROMPTS)
    bundle.files_changed(prompts__yml=types.FileChangeType.Changed)
    await bundle.until(lambda: bundle.findings("prompts.yml") == [])


async def test_the_project_file_counts_for_every_directory_below_it_and_is_checked_once(bundle):
    for name in ("one", "two"):
        (bundle.folder / name).mkdir()
        bundle.open(f"{name}/workflow.yml", FLOW.replace("draft", "drift"))
    broken = '[rules]\nMFO601 = "loud"\n'
    bundle.open("mfo.toml", broken)
    await bundle.until(lambda: [code for code, _ in bundle.findings("mfo.toml")] == ["MFO902"])
    await bundle.until(lambda: all(bundle.findings(f"{name}/workflow.yml") for name in ("one", "two")))
    bundle.replace("mfo.toml", '"loud"', '"off"')
    await bundle.sees("mfo.toml")
    await bundle.until(lambda: not any(bundle.findings(f"{name}/workflow.yml") for name in ("one", "two")))


async def test_closing_the_last_document_takes_everything_away(bundle):
    bundle.write("prompts.yml", PROMPTS.replace("{{ .letter }}", "{{ .letter "))
    bundle.open("workflow.yml", FLOW.replace("[fetch_letter]", "[nobody]"))
    await bundle.until(lambda: bundle.findings("prompts.yml") != [] and bundle.findings("workflow.yml") != [])
    bundle.close("workflow.yml")
    await bundle.until(lambda: bundle.findings("prompts.yml") == bundle.findings("workflow.yml") == [])


async def test_files_that_are_not_ours_get_nothing_and_lose_what_they_had(bundle):
    bundle.open("compose.yml", "services:\n  web: {image: nginx\n")
    bundle.open("workflow.yml")
    await bundle.sees("workflow.yml")
    assert bundle.uri("compose.yml") not in bundle.shown
    bundle.replace("compose.yml", bundle.texts["compose.yml"], "tasks:\n  - id: a\n    dependencies: [b]\n")
    await bundle.until(lambda: bundle.findings("compose.yml") != [])
    bundle.replace("compose.yml", bundle.texts["compose.yml"], "services:\n  web: {image: nginx}\n")
    await bundle.until(lambda: bundle.findings("compose.yml") == [])


async def test_only_what_has_changed_is_told_of_other_files(bundle):
    bundle.write("other_workflow.yml", FLOW.replace("[fetch_letter]", "[fetch_letter, nobody]"))
    bundle.open("workflow.yml")
    await bundle.sees("workflow.yml")
    for before, after in (("letters", "post"), ("post", "mail"), ("mail", "notes")):
        bundle.replace("workflow.yml", f"name: {before}", f"name: {after}")
        await bundle.sees("workflow.yml")
    told = [(params.uri, params.version) for params in bundle.published]
    assert told.count((bundle.uri("other_workflow.yml"), None)) == 1
    assert [version for uri, version in told if uri == bundle.uri("workflow.yml")] == [1, 2, 3, 4]


async def test_many_quick_changes_end_with_the_findings_of_the_last(bundle):
    bundle.open("workflow.yml")
    for _ in range(50):
        bundle.replace("workflow.yml", "dependencies: [fetch_letter]", "dependencies: [fetch_leter]")
        bundle.replace("workflow.yml", "dependencies: [fetch_leter]", "dependencies: [fetch_letter]")
    bundle.replace("workflow.yml", "dependencies: [fetch_letter]", "dependencies: [fetch_letter, nobody]")
    await bundle.sees("workflow.yml", ("MFO302", "nobody"))


async def test_the_editor_shows_what_the_checker_finds(bundle):
    text = FLOW.replace("[fetch_letter]", "[nobody]").replace("draft", "drift").replace("mfo_api_memory_get", "mfo_x")
    bundle.write("workflow.yml", text)
    bundle.open("workflow.yml")
    snapshot = Snapshot(load_bundle(bundle.folder.as_posix(), DiskFiles()))
    expected = [(finding.code, finding.message) for finding in check_snapshot(snapshot)]
    await bundle.until(lambda: bundle.uri("workflow.yml") in bundle.shown)
    shown = bundle.shown[bundle.uri("workflow.yml")] + bundle.shown.get(bundle.uri("prompts.yml"), [])
    assert sorted((diagnostic.code, diagnostic.message) for diagnostic in shown) == sorted(expected)
    assert len(expected) >= 3
    first = shown[0]
    assert first.source == "mfo"
    assert first.code_description.href.endswith(f"/docs/rules/{first.code}.md")


async def test_a_fix_mends_what_it_is_offered_for(bundle):
    bundle.open("workflow.yml", FLOW.replace("${fetch_letter.value}", "${fetch_leter.value}"))
    await bundle.sees("workflow.yml", ("MFO401", "fetch_leter"))
    action = next(
        action for action in await bundle.actions("workflow.yml", "fetch_leter") if "fetch_letter" in action.title
    )
    assert (action.kind, action.diagnostics[0].code) == (types.CodeActionKind.QuickFix, "MFO401")
    (changes,) = action.edit.document_changes
    assert (changes.text_document.uri, changes.text_document.version) == (bundle.uri("workflow.yml"), 1)
    (edit,) = changes.edits
    assert edit.range == bundle.range("workflow.yml", "fetch_leter")
    bundle.replace("workflow.yml", "fetch_leter", edit.new_text)
    await bundle.sees("workflow.yml")


async def test_a_fix_in_another_document_names_that_document(bundle):
    bundle.write("prompts.yml", PROMPTS)
    bundle.open("workflow.yml", FLOW.replace("template_id: draft", "template_id: answer_letter_politely"))
    await bundle.until(lambda: [code for code, _ in bundle.findings("workflow.yml")] == ["MFO601"])
    actions = await bundle.actions("workflow.yml", "answer_letter_politely")
    touched = {change.text_document.uri for action in actions for change in action.edit.document_changes}
    assert bundle.uri("prompts.yml") in touched


async def test_all_safe_fixes_at_once(bundle):
    bundle.open("workflow.yml", FLOW.replace("    dependencies: [fetch_letter]\n", ""))
    await bundle.until(lambda: [code for code, _ in bundle.findings("workflow.yml")] == ["MFO403"])
    (action,) = await bundle.actions("workflow.yml", "name", ["source.fixAll"])
    assert (action.kind, action.is_preferred, action.diagnostics) == ("source.fixAll.mfo", None, None)
    (change,) = action.edit.document_changes
    (edit,) = change.edits
    assert (edit.new_text, edit.range.start) == ("    dependencies: [fetch_letter]\n", edit.range.end)


async def test_a_finding_can_be_ignored_where_it_stands(bundle):
    bundle.open("workflow.yml", FLOW.replace("${fetch_letter.value}", "${fetch_leter.value}"))
    await bundle.sees("workflow.yml", ("MFO401", "fetch_leter"))
    actions = await bundle.actions("workflow.yml", "fetch_leter")
    (ignoring,) = [action for action in actions if action.title == "Ignore MFO401 here"]
    (change,) = ignoring.edit.document_changes
    assert [edit.new_text for edit in change.edits] == ["  # mfo: ignore[MFO401]"]


async def test_run_flow_is_offered_above_the_taskflow(bundle):
    bundle.open("workflow.yml")
    document = types.TextDocumentIdentifier(bundle.uri("workflow.yml"))
    lenses = await bundle.client.text_document_code_lens_async(types.CodeLensParams(document))
    assert {str(lens.range) for lens in lenses} == {str(bundle.range("workflow.yml", "letters"))}
    assert [lens.command.title for lens in lenses] == ["Run flow", "Dry run", "Show graph"]
    assert [lens.command.command for lens in lenses] == ["mfo.runFlow", "mfo.dryRun", "mfo.showGraph"]
    for lens in lenses:
        assert list(lens.command.arguments) == [{"uri": bundle.uri("workflow.yml"), "taskflow": "letters"}]


async def test_the_places_that_name_a_prompt_template_are_counted_when_the_lens_is_shown(bundle):
    bundle.open("workflow.yml")
    bundle.open("prompts.yml")
    document = types.TextDocumentIdentifier(bundle.uri("prompts.yml"))
    (lens,) = await bundle.client.text_document_code_lens_async(types.CodeLensParams(document))
    assert lens.command is None
    resolved = await bundle.client.code_lens_resolve_async(lens)
    assert (resolved.command.title, resolved.command.command) == ("1 reference", "")


def at(editor, name, before):
    """The document and the position right behind the only ``before`` of its text."""
    return {"text_document": types.TextDocumentIdentifier(editor.uri(name)), "position": editor.range(name, before).end}


async def test_a_file_that_is_not_ours_says_so_on_its_first_line_alone(bundle):
    bundle.open("compose.yml", "services:\n  web: {image: nginx}\n")
    hover = await bundle.client.text_document_hover_async(types.HoverParams(**at(bundle, "compose.yml", "serv")))
    assert "not an MFO document" in hover.contents.value
    assert await bundle.client.text_document_hover_async(types.HoverParams(**at(bundle, "compose.yml", "web"))) is None
    asked = at(bundle, "compose.yml", "serv")
    assert not await bundle.client.text_document_completion_async(types.CompletionParams(**asked))


@pytest.mark.parametrize(("name", "encoding"), [("neovim", "utf-8"), ("emacs", "utf-32")])
async def test_other_editors_get_what_they_can_take(tmp_path, name, encoding):
    client = await ClientServerConfig(list(SERVER)).start()
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    params = initialize_params(tmp_path, name, initialization_options={"codeLenses": False})
    result = await asyncio.wait_for(client.initialize_session(params), PATIENCE)
    assert result.capabilities.position_encoding == encoding
    editor = Editor(client, tmp_path, Encoding(encoding))
    editor.write("prompts.yml", PROMPTS)
    editor.open("workflow.yml", FLOW.replace("${fetch_letter.value}", "é𝄞 ${fetch_leter.value}"))
    if name == "neovim":  # it asks, so that nothing is pushed to it
        assert await editor.pull("workflow.yml") == [("MFO401", editor.range("workflow.yml", "fetch_leter"))]
        assert not editor.published
    else:
        await editor.sees("workflow.yml", ("MFO401", "fetch_leter"))
    (diagnostic,) = editor.shown[editor.uri("workflow.yml")]
    assert diagnostic.code_description is None
    action = (await editor.actions("workflow.yml", "fetch_leter"))[0]
    assert (action.edit.changes is None) == (name == "emacs")
    document = types.TextDocumentIdentifier(editor.uri("workflow.yml"))
    assert await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert not await client.text_document_code_lens_async(types.CodeLensParams(document))
    await asyncio.wait_for(client.shutdown_session(), PATIENCE)
    await client.stop()
