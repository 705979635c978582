"""Comments that suppress a finding where it stands."""

from __future__ import annotations

import pytest

from mfo_dialect.checker import check
from mfo_dialect.rules import Rule
from mfo_dialect.rules.suppressing import suppress_here
from tests.fixing.examples import EXAMPLES, bad_example, layouts
from tests.fixing.keeping import leaves, line_breaks, lost_comments
from tests.rules.cases import findings_of
from tests.rules.checking import apply_fix, bundle_of, show

TASK = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n"


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code)
def test_a_finding_can_be_ignored_where_it_stands(rule: Rule) -> None:
    for layout, files in layouts(bad_example(rule)):
        bundle = bundle_of(files)
        before = check(bundle)
        for finding in before:
            source = bundle.sources.get(finding.place.document)
            fix = suppress_here(finding, source) if source is not None else None
            if fix is None:
                continue
            after = apply_fix(files, fix)
            name = finding.place.document
            left = check(bundle_of(after))
            assert len(left) < len(before), (layout, finding.message, after[name], [show(one, after) for one in left])
            assert lost_comments(files[name], after[name]) == []
            assert line_breaks(after[name]) <= (line_breaks(files[name]) or {"\n"})
            if not source.tree.problems:
                new = bundle_of(after).sources[name]
                assert [(path, one.value) for path, one in leaves(source)] == [(p, one.value) for p, one in leaves(new)]


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("    priority: hgh\n", "    priority: hgh  # mfo: ignore[MFO204]\n"),
        ("    priority: hgh  # soon\n", "    # mfo: ignore[MFO204]\n    priority: hgh  # soon\n"),
        ("    priority: hgh  # mfo: ignore[MFO9] x\n", "    priority: hgh  # mfo: ignore[MFO9, MFO204] x\n"),
        (
            "    # mfo: ignore[MFO9] x\n    priority: hgh  # soon\n",
            "    # mfo: ignore[MFO9, MFO204] x\n    priority: hgh  # soon\n",
        ),
        ("    priority: hgh", "    priority: hgh  # mfo: ignore[MFO204]"),
    ],
)
def test_where_the_comment_goes(line: str, after: str) -> None:
    files = {"workflow.yml": TASK + line}
    finding = next(one for one in findings_of(files) if one.code == "MFO204")
    fix = suppress_here(finding, bundle_of(files).sources["workflow.yml"])
    assert apply_fix(files, fix)["workflow.yml"] == TASK + after


def test_what_no_comment_suppresses_is_not_offered() -> None:
    files = {"workflow.yml": TASK + "    timeout: 1s  # mfo: ignore[MFO204]\n"}
    (finding,) = findings_of(files)
    assert finding.code == "MFO901"
    assert suppress_here(finding, bundle_of(files).sources["workflow.yml"]) is None
