"""README and the pages below ``docs/`` say only what is so: their commands run, their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.blocks import LANGUAGES_THAT_DO_SOMETHING, ROOT, blocks_of, pages
from tests.docs.sandbox import Sandbox

VERBS = {"run", "shown", "file", "server", "ci", "editor", "not run"}
VERBS_THAT_ARE_DONE = {"run", "shown", "server"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
RUN_ELSEWHERE = {"docs/client.md": "test_client_page.py runs all blocks of the page against one server"}
every_page = pytest.mark.parametrize("page", pages())


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    "page", [page for page in pages() if any(block.verb in VERBS_THAT_ARE_DONE for block in blocks_of(page))]
)
def test_the_blocks_of_a_page_do_what_it_says(page: str, sandbox: Sandbox) -> None:
    for block in blocks_of(page):
        sandbox.do(block)


@every_page
def test_every_block_says_whether_it_is_run(page: str) -> None:
    for block in blocks_of(page):
        assert block.verb in VERBS | {""}, f"{page}:{block.line}"
        is_run = block.verb or page in RUN_ELSEWHERE
        assert is_run or block.language not in LANGUAGES_THAT_DO_SOMETHING, f"{page}:{block.line}"


def test_ci_runs_the_commands_that_are_left_to_it() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    left = [block for block in blocks_of("README.md") if block.verb == "ci"]
    assert [block.words for block in left] == ["main-job", "tests"]
    for block in left:
        assert len(block.text.splitlines()) == 1
        assert f"readme_command {block.words}" in script


def test_the_python_program_prints_what_the_page_says(sandbox: Sandbox) -> None:
    (block,) = [block for block in blocks_of("README.md") if block.language == "python"]
    (sandbox.folder / "program.py").write_text(block.text, encoding="utf-8")
    assert sandbox.output("python program.py") == "succeeded accepted\n"


def test_the_settings_for_ci_services_check_what_they_say(sandbox: Sandbox) -> None:
    files = {block.words: block.text for block in blocks_of("README.md") if block.verb == "file"}
    paths = re.search(r"^ +paths: (.*)", files[".github/workflows/mfo.yml"], re.MULTILINE)
    arguments = re.search(r"args: \[(.*)\]", files[".pre-commit-config.yaml"])
    assert paths
    assert arguments
    for chosen in (paths[1], arguments[1].replace(",", "")):
        assert sandbox.output(f"mfo-lsp check --format github {chosen} && echo clean") == "clean\n"
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    named = re.findall(r"- id: (\S+)", files[".pre-commit-config.yaml"])
    assert named == re.findall(r"^- id: (\S+)", hooks, re.MULTILINE)


@every_page
def test_links_lead_somewhere(page: str) -> None:
    markdown = _FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))
    for target in _LINK.findall(markdown):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            file = (ROOT / page).parent / path if path else ROOT / page
            assert file.exists(), target
            if anchor:
                assert anchor in _anchors(file.read_text(encoding="utf-8")), target


def _anchors(markdown: str) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = _HEADING.findall(_FENCED.sub("", markdown))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
