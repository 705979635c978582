"""A prompt template in Markdown that is open beside its flow in a real editor session; other Markdown stays untouched."""

from __future__ import annotations

from lsprotocol import types

from tests.greeting import FLOW, GREETING
from tests.lsp.conftest import Editor

PAGE = "---\ntitle: About\n---\n{{ broken\n"


def write(editor: Editor) -> None:
    editor.write("mfo.toml", '[bundle]\nprompts = ["greeting.md"]\n')
    editor.write("flow.mfo.yml", FLOW)
    editor.write("greeting.md", GREETING)
    editor.write("about.md", PAGE)


async def test_what_is_typed_in_a_template_counts_at_once_for_its_flow(editor):
    write(editor)
    editor.open("flow.mfo.yml")
    editor.open("greeting.md")
    await editor.sees("flow.mfo.yml")
    await editor.sees("greeting.md")
    editor.replace("greeting.md", "[who]", "[who, tone]")
    await editor.sees("flow.mfo.yml", ("MFO604", "prompt_context"))
    editor.replace("greeting.md", ".who }}", ".who | uper }}")
    await editor.sees("greeting.md", ("MFO606", "uper"))
    editor.close("greeting.md")
    await editor.until(lambda: editor.findings("flow.mfo.yml") == [])


async def test_markdown_that_no_project_file_lists_is_left_alone(editor):
    write(editor)
    editor.open("about.md")
    editor.replace("about.md", "broken", "more broken")
    editor.open("flow.mfo.yml")
    await editor.sees("flow.mfo.yml")
    assert not any(params.uri == editor.uri("about.md") and params.diagnostics for params in editor.published)
    asked = types.HoverParams(types.TextDocumentIdentifier(editor.uri("about.md")), types.Position(3, 4))
    assert await editor.client.text_document_hover_async(asked) is None


async def test_a_template_that_goes_from_the_disk_is_missed(editor):
    write(editor)
    editor.open("flow.mfo.yml")
    await editor.sees("flow.mfo.yml")
    (editor.folder / "greeting.md").unlink()
    editor.files_changed(**{"greeting.md": types.FileChangeType.Deleted})
    await editor.until(lambda: [code for code, _ in editor.findings("flow.mfo.yml")] == ["MFO601"])
