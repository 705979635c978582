"""What holds for any document: nothing breaks, places are inside, order does not matter, fixes mend."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.analysis.bundle import Bundle, make_bundle, read_source
from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.text import LineIndex
from tests.check.conftest import EXAMPLES
from tests.check.flows import STYLES, flow, mistakes
from tests.rules.checking import apply_fix, bundle_of, show

PREFIXES = 24
FOLDERS = sorted({path.parent for path in EXAMPLES.rglob("*.yml")})


def bundle_files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))}


def assert_sound(bundle: Bundle) -> tuple[Finding, ...]:
    """The findings, all of which lie inside their texts and can be mended without conflict."""
    findings = check(bundle)
    for finding in findings:
        assert finding.code != "MFO999", finding.message
        assert "\n" not in finding.message
        for place in (finding.place, *(related.place for related in finding.related)):
            assert 0 <= place.span.start <= place.span.end <= len(bundle.sources[place.document].text), finding
        for fix in finding.fixes:
            assert fix.edits
            texts = {key: source.text for key, source in bundle.sources.items()}
            assert apply_fix(texts, fix) != texts, fix.title
    return findings


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_prefix_of_an_example_breaks_anything(folder: Path) -> None:
    files = bundle_files(folder)
    for name, text in files.items():
        whole = [read_source(other, written) for other, written in files.items() if other != name]
        stride = max(1, len(text) // PREFIXES)
        for end in range(0, len(text), stride):
            assert_sound(make_bundle([*whole, read_source(name, text[:end])]))


PIECES = [
    "name: f\n", "tasks:\n", "  - id: a\n", "    type: mfo_api_chat_send\n", "    config:\n", "      prompt: ", "${a.b}", "$<c.d>",
    "{{ .x }}", "{{ if", "    dependencies: [a, ", "b]\n", "conditions:\n", "subflows:\n", "      expression: a > 1\n", "templates:\n",
    "  t:\n", "    user_prompt: |\n", "      text\n", "agents:\n", "triggers:\n", "taskflows:\n", "workflow_name: w\n", "---\n", "? ",
    "&x ", "*x", "<<: *x\n", "!!str ", "\t", "\r\n", "\n", " ", "#c\n", '"', "'", "[", "]", "{", "}", ",", ":", "- ", "|", ">", "é😀",
    "\u2028", "\ud800", "\0", "input_schema: {properties: {", "outputs:\n", "    successors: a\n", "prompt_template_id: t\n",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=25).map("".join))
def test_no_text_breaks_anything(text: str) -> None:
    for name in ("workflow.yml", "prompts.yml", "agents.yml", "mfo_client.yml"):
        assert_sound(make_bundle([read_source(name, text)]))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_order_of_documents_does_not_matter(folder: Path) -> None:
    files = bundle_files(folder)
    files["second_prompts.yml"] = files.get("prompts_definition.yml", "templates: {}\n")
    sources = [read_source(name, text) for name, text in files.items()]
    expected = check(make_bundle(sources))
    for order in itertools.islice(itertools.permutations(sources), 1, 8):
        assert check(make_bundle(order)) == expected


def worth_mentioning(files: dict[str, str]) -> list[Finding]:
    return [finding for finding in check(bundle_of(files)) if finding.severity <= Severity.WARNING]


@pytest.mark.parametrize(("style", "seed"), list(itertools.product(STYLES, range(6))))
def test_right_flows_are_silent(style: str, seed: int) -> None:
    files = flow(seed, style)
    found = worth_mentioning(files)
    assert not found, [show(finding, files) for finding in found]


@pytest.mark.parametrize(("style", "seed"), list(itertools.product(STYLES, range(3))))
def test_one_mistake_is_one_finding_on_its_line(style: str, seed: int) -> None:
    tried = 0
    for mistake in mistakes(flow(seed, style)):
        (finding,) = worth_mentioning(mistake.files) or (None,)
        assert finding is not None, mistake.name
        lines = LineIndex(mistake.files["workflow.yml"])
        assert (finding.code, lines.line_of(finding.place.span.start)) == (mistake.code, mistake.line), mistake.name
        tried += 1
    assert tried >= 8


def assert_fixes_mend(files: dict[str, str]) -> None:
    """The likeliest fix and the safe ones leave strictly fewer errors and warnings (or hints), and break no syntax."""
    before = check(bundle_of(files))
    for finding in before:
        weight = max(finding.severity, Severity.WARNING)
        count = sum(other.severity <= weight for other in before)
        for fix in (fix for fix in finding.fixes if fix.safe or fix is finding.fixes[0]):
            after = check(bundle_of(apply_fix(files, fix)))
            assert sum(other.severity <= weight for other in after) < count, (finding.message, fix.title)
            new = {other.code for other in after} - {other.code for other in before}
            assert not any(code < "MFO2" for code in new), (fix.title, new)


@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if folder.parent.name == "broken"], ids=lambda f: f.name
)
def test_each_fix_mends_the_broken_examples(folder: Path) -> None:
    assert_fixes_mend(bundle_files(folder))


@pytest.mark.parametrize("style", STYLES)
def test_each_fix_mends_its_mistake(style: str) -> None:
    for mistake in mistakes(flow(1, style)):
        assert_fixes_mend(mistake.files)
