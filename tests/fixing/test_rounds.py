"""Applying all fixes of a bundle: together where they leave each other alone, and only those that make it better."""

from __future__ import annotations

import random
import re
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.checker import check
from mfo_dialect.findings import Edit, Finding, Fix, Place, Severity
from mfo_dialect.rules import Rule
from mfo_dialect.text import Span
from mfo_workspace.fixable import chosen_fix
from mfo_workspace.fixing import FixedBundle, fix_bundle
from tests.effort import IS_LONG, examples
from tests.fixing.examples import EXAMPLES, Files, bad_example, layouts
from tests.fixing.keeping import line_breaks, lost_comments
from tests.rules.checking import bundle_of

with_unsafe = partial(chosen_fix, unsafe=True)
HEAD = "name: f\ntasks:\n"
TASK = "  - id: t{0}\n    type: {1}_api_memory_get\n    config: {{key: k}}  # note {0}\n"


def assert_good(files: Files, choose=chosen_fix) -> FixedBundle:
    """Fix, and check what holds for every bundle."""
    before = check(bundle_of(files))
    done = fix_bundle(bundle_of(files), choose)
    assert len(check(done.bundle)) == len(done.findings) <= len(before) - bool(done.texts)
    assert fix_bundle(done.bundle, choose).texts == {}, "a second time changes something"
    for name, text in done.texts.items():
        if name in files and not name.endswith(".toml"):
            assert line_breaks(text) <= (line_breaks(files[name]) or {"\n"})
            assert lost_comments(files[name], text) == []
    return done


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code)
@pytest.mark.parametrize("choose", [chosen_fix, with_unsafe], ids=["safe", "unsafe"])
def test_nothing_is_left_to_fix_in_an_example(rule: Rule, choose) -> None:
    every = dict(layouts(bad_example(rule)))
    for layout in every if IS_LONG else ("as written", "commented, CRLF"):
        done = assert_good(every[layout], choose)
        ours = [finding for finding in done.findings if finding.place.document in done.bundle.home]
        assert not any(map(choose, ours)), layout  # a project file is not the bundle's own: it is mended in the editor
        assert not done.refusals


@settings(max_examples=examples(40))
@given(st.sampled_from(EXAMPLES), st.integers(0, 6), st.integers(0), st.booleans())
def test_what_holds_for_examples_broken_in_many_ways(rule: Rule, layout: int, seed: int, unsafe: bool) -> None:
    rng = random.Random(seed)
    files = list(layouts(bad_example(rule)))[layout][1]
    broken = {name: text if name.endswith(".toml") else break_lines(text, rng) for name, text in files.items()}
    assert_good(broken, with_unsafe if unsafe else chosen_fix)


def break_lines(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(lines))
        line = lines[at]
        match rng.randrange(6):
            case 0:
                lines.insert(at, line)
            case 1 if len(lines) > 1:
                del lines[at]
            case 2 if len(line) > 2:
                cut = rng.randrange(len(line) - 1)
                lines[at] = line[:cut] + line[cut + 1] + line[cut] + line[cut + 2 :]
            case 3 if line:
                cut = rng.randrange(len(line))
                lines[at] = line[:cut] + line[cut + 1 :]
            case 4:
                lines[rng.randrange(len(lines))] = line
            case _:
                lines[at] = line.replace("mfo_", "slop_")
    return "\n".join(lines)


def test_a_thousand_fixes_need_two_checks() -> None:
    files = {"workflow.yml": HEAD + "".join(TASK.format(number, "slop") for number in range(1000))}
    done = fix_bundle(bundle_of(files))
    assert done.texts["workflow.yml"] == files["workflow.yml"].replace("slop_", "mfo_")
    assert (len(done.mended), done.trials, done.findings) == (1000, 2, ())


def test_fixes_that_make_nothing_better_are_found_with_few_checks_and_told() -> None:
    text = "name: f\n" + "".join(f"{'worse' if number % 10 == 0 else 'bad'}{number}: x\n" for number in range(200))

    def check_words(bundle: Bundle) -> list[Finding]:
        found = re.finditer("worse|bad|worst", bundle.text_of("workflow.yml"))
        becomes = {"bad": "good", "worse": "worst"}
        return [word_finding(word, becomes.get(word[0])) for word in found]

    done = fix_bundle(bundle_of({"workflow.yml": text}), check=check_words)
    assert done.texts["workflow.yml"] == text.replace("bad", "good")
    assert (len(done.mended), len(done.refusals)) == (180, 20)
    assert {refusal.reason.split(",")[0] for refusal in done.refusals} == {
        "it would leave as many findings or more (new: WORST)"
    }
    assert done.trials < 40


def word_finding(word: re.Match[str], new: str | None) -> Finding:
    place = Place("workflow.yml", Span(*word.span()))
    fixes = (Fix(f"Write {new}", (Edit(place, new),), safe=True),) if new else ()
    return Finding(word[0].upper(), "word", Severity.WARNING, "words", place, fixes=fixes)


def test_fixes_at_one_place_are_applied_one_after_the_other() -> None:
    names = [f"a{number}" for number in range(6)]
    tasks = "".join(f"  - id: {name}\n    type: mfo_api_memory_get\n    config: {{key: k}}\n" for name in names)
    reader = "  - id: reader\n    type: mfo_api_memory_store\n    config:\n      key: k\n      value: "
    reader += " ".join(f"${{{name}.value}}" for name in names) + "\n"
    done = assert_good({"workflow.yml": HEAD + tasks + reader})
    assert done.texts["workflow.yml"] == HEAD + tasks + reader + f"    dependencies: [{', '.join(names)}]\n"


def test_several_fixes_that_are_no_safe_ones_are_a_choice() -> None:
    files = bad_example(next(rule for rule in EXAMPLES if rule.code == "MFO205"))
    done = fix_bundle(bundle_of(files), with_unsafe)
    assert (done.texts, done.mended) == ({}, ())
    assert len(check(bundle_of(files))[0].fixes) > 1


def finding_of(*fixes: Fix, document: str = "workflow.yml") -> Finding:
    place = Place(document, Span(0, 0))
    return Finding("MFO000", "test", Severity.WARNING, "words", place, fixes=fixes)


def edit(start: int, end: int, new_text: str, document: str = "workflow.yml") -> Edit:
    return Edit(Place(document, Span(start, end)), new_text)


def test_a_fix_that_leaves_no_readable_document_is_not_applied() -> None:
    text = HEAD + TASK.format(1, "mfo")
    bad = finding_of(Fix("Break it", (edit(0, 4, '"name'), edit(5, 5, " ")), safe=True))
    done = fix_bundle(
        bundle_of({"workflow.yml": text}), check=lambda b: [bad] if b.text_of("workflow.yml") == text else []
    )
    assert done.texts == {}
    assert [refusal.reason for refusal in done.refusals] == ["workflow.yml could not be read any more"]


def test_a_fix_over_several_documents_is_applied_whole_or_not_at_all() -> None:
    files = {"workflow.yml": HEAD + TASK.format(1, "mfo"), "prompts.yml": "templates: {}\n"}
    both = finding_of(Fix("Both", (edit(0, 4, "name"), edit(0, 0, '"', "prompts.yml")), safe=True))
    done = fix_bundle(bundle_of(files), check=lambda bundle: [both] if bundle.text_of("prompts.yml")[0] != '"' else [])
    assert done.texts == {}
    assert len(done.refusals) == 1


def test_a_file_that_is_there_and_no_part_of_the_bundle_is_not_written_to() -> None:
    files = {"workflow.yml": HEAD + TASK.format(1, "mfo")}
    create = finding_of(Fix("Create", (edit(0, 0, "templates: {}\n", "prompts.yml"),), safe=True))
    bundle = bundle_of(files)
    known = fix_bundle(bundle, check=lambda b: [create] if "prompts.yml" not in b.sources else [])
    assert known.texts == {"prompts.yml": "templates: {}\n"}
    there = fix_bundle(bundle, check=lambda _: [create], other_text=lambda _: "mine: 1\n")
    assert there.texts == {}
    assert "no part of the bundle" in there.refusals[0].reason


def test_only_wanted_findings_are_mended() -> None:
    files = {"workflow.yml": HEAD + TASK.format(1, "slop"), "other.yml": HEAD + TASK.format(2, "slop")}
    done = fix_bundle(bundle_of(files), is_wanted=lambda finding: finding.place.document == "other.yml")
    assert done.texts == {"other.yml": files["other.yml"].replace("slop_", "mfo_")}


HIDING = """\
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    priorty: high
    config:
      prompt: "Answer ${fetch.value}"
"""


def test_what_a_mistake_had_hidden_is_mended_with_it() -> None:
    assert [finding.code for finding in check(bundle_of({"workflow.yml": HIDING}))] == ["MFO201"]
    done = assert_good({"workflow.yml": HIDING}, with_unsafe)
    assert done.texts["workflow.yml"] == HIDING.replace("priorty", "priority") + "    dependencies: [fetch]\n"
    assert [finding.code for finding in done.mended] == ["MFO201", "MFO403"]
    many = HIDING + "".join(
        HIDING.split("tasks:\n")[1].replace("fetch", f"f{n}").replace("answer", f"a{n}") for n in range(30)
    )
    done = assert_good({"workflow.yml": many}, with_unsafe)
    assert (done.findings, done.refusals) == ((), ())
    assert done.trials < 10
