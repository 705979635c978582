"""Comments that suppress findings: where they count, what they list, and what is said of those without effect."""

import pytest

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.rules import RULES
from mfo_dialect.rules.select import Selector
from mfo_runtime.flow.loading import RefusedDocumentError, flow_of_bundle
from mfo_runtime.flow.refusal import FIXED_CODES
from tests.rules.cases import findings_of
from tests.rules.checking import apply_fix, assert_marks, bundle_of


def codes_of(text: str, **beside: str) -> list[str]:
    return [finding.code for finding in findings_of({"workflow.yml": text} | beside)]


def one_by_one(text: str) -> str:
    """The text after the first fix of the first finding, again and again until there is none."""
    for _ in range(20):
        fixes = [fix for finding in findings_of({"workflow.yml": text}) for fix in finding.fixes if fix.safe]
        if not fixes:
            return text
        text = apply_fix({"workflow.yml": text}, fixes[0])["workflow.yml"]
    raise AssertionError("the fixes come to no end")


FLOW = """\
{top}name: greet
tasks:
  {above_task}
  - id: first{on_id}
    type: mfo_api_tool_list
    {above_key}
    colour: red{on_key}
    dependencies: [nobody]{on_list}
  - id: second
    type: mfo_api_tool_list
    shade: red
"""
ALL = ["MFO201", "MFO302", "MFO201"]
PLACES = [
    ({}, ALL),
    ({"on_key": " # mfo: ignore[MFO201] ours"}, ["MFO302", "MFO201"]),
    ({"on_key": " #mfo:ignore[MFO201]"}, ["MFO302", "MFO201"]),
    ({"on_key": " # mfo: ignore [ MFO201 , ] ours"}, ["MFO302", "MFO201"]),
    ({"on_key": " # mfo: ignore[unknown-key]"}, ["MFO302", "MFO201"]),
    ({"on_list": " # mfo: ignore[MFO302]"}, ["MFO201", "MFO201"]),
    ({"above_key": "# mfo: ignore[MFO201] ours"}, ["MFO302", "MFO201"]),
    ({"above_key": "# mfo: ignore[MFO201] ours\n    # of ours"}, ["MFO302", "MFO201"]),
    ({"above_key": "# mfo: ignore[MFO201] ours\n"}, ["MFO901", *ALL]),
    ({"above_task": "# mfo: ignore[MFO201] the task"}, ["MFO302", "MFO201"]),
    ({"above_task": "# mfo: ignore[MFO201,MFO302] the task"}, ["MFO201"]),
    ({"above_task": "# mfo: ignore[MFO201] one\n  # mfo: ignore[MFO302] two"}, ["MFO201"]),
    ({"on_id": " # mfo: ignore[MFO201] only the line"}, ["MFO901", *ALL]),
    ({"top": "# mfo: ignore-file[MFO201] all\n"}, ["MFO302"]),
    ({"top": "# a flow\n\n# mfo: ignore-file[unknown-key, MFO302] all\n\n"}, []),
    ({"top": "\ufeff# mfo: ignore-file[MFO201, MFO302] all\n"}, []),
    ({"top": "# mfo: ignore-file[MFO201, MFO302] all\n---\n"}, []),
    ({"top": "# mfo: ignore[MFO201] only the name\n"}, ["MFO901", *ALL]),
    ({"above_task": "# mfo: ignore-file[MFO201] late"}, ["MFO901", *ALL]),
]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(("comments", "left"), PLACES, ids=range(len(PLACES)))
def test_a_comment_counts_where_it_stands(comments: dict[str, str], left: list[str], ends: str) -> None:
    names = ("top", "above_task", "on_id", "above_key", "on_key", "on_list")
    text = FLOW.format(**(dict.fromkeys(names, "") | comments)).replace("\n", ends)
    assert codes_of(text) == left


BLOCK = """\
name: greet
tasks:
  {above_task}
  - id: first
    type: mfo_api_chat_send
    config:
      {above_key}
      prompt: |{on_key}
        Hello
        ${{INPUTS.name}} # mfo: ignore[MFO401] this is text
      prompt_context:
        model: "${{INPUTS.model}}"
"""
IN_BLOCKS = [
    ({}, ["MFO401", "MFO901", "MFO401"]),
    ({"on_key": " # mfo: ignore[MFO401]"}, ["MFO401"]),
    ({"above_key": "# mfo: ignore[MFO401]"}, ["MFO401"]),
    ({"above_task": "# mfo: ignore[MFO401]"}, []),
]


@pytest.mark.parametrize(("comments", "left"), IN_BLOCKS, ids=range(len(IN_BLOCKS)))
def test_a_block_scalar_is_covered_from_its_key(comments: dict[str, str], left: list[str]) -> None:
    text = BLOCK.format(**(dict.fromkeys(("above_task", "above_key", "on_key"), "") | comments))
    assert codes_of(text) == left


LIKE_COMMENTS = [
    # the value of a prompt, how much of it is reported, and the value after the fix; nothing where there is none
    ("|\n        Hi ${INPUTS.x} # mfo: ignore[MFO401] so\n", 1, "| # mfo: ignore[MFO401] so\n        Hi ${INPUTS.x}\n"),
    (
        ">-\n        # mfo: ignore[MFO401]\n        Hi ${INPUTS.x}\n",
        1,
        ">- # mfo: ignore[MFO401]\n        Hi ${INPUTS.x}\n",
    ),
    ("|\n        # mfo: ignore[unknown-reference]\n        Hi\n        ${INPUTS.x}\n", 0, None),
    ("|\n        Hi ${INPUTS.x} # mfo: ignore[MFO402]\n", 0, None),
    ("|\n        Hi ${INPUTS.x}# mfo: ignore[MFO401]\n", 0, None),
    ("|\n        Hi ${INPUT.x} # mfo: ignore[MFO401]\n", 0, None),
    ("| # ours\n        Hi ${INPUTS.x} # mfo: ignore[MFO401]\n", 1, None),
    ('"Hi ${INPUTS.x} # mfo: ignore[MFO401]"\n', 1, None),
    ("'Hi ${INPUTS.x} # mfo: ignore-file[MFO4, MFO401]'\n", 1, None),
    ("| # mfo: ignore[MFO401]\n        Hi ${INPUTS.x} # mfo: ignore[MFO401]\n", 0, None),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("value", "count", "after"), LIKE_COMMENTS, ids=range(len(LIKE_COMMENTS)))
def test_text_that_looks_like_a_comment_is_told_where_it_would_count(
    value: str, count: int, after: str | None, end: str
) -> None:
    head = "name: greet\ntasks:\n  - id: first\n    type: mfo_api_chat_send\n    config:\n      prompt: "
    text = (head + value).replace("\n", end)
    told = [finding for finding in findings_of({"workflow.yml": text}) if finding.code == "MFO901"]
    assert len(told) == count
    assert all(text[slice(*finding.place.span)].startswith("# mfo: ignore") for finding in told)
    fixes = [fix for finding in told for fix in finding.fixes]
    assert not any(fix.safe for fix in fixes)
    mended = [apply_fix({"workflow.yml": text}, fix)["workflow.yml"] for fix in fixes]
    assert mended == ([(head + after).replace("\n", end)] if after else [])
    assert all(codes_of(one) == [] for one in mended)


PLAIN = '[servers.home]\nbase_url = "http://x.org"'
IN_THE_PROJECT_FILE = [
    (PLAIN, ["MFO804"]),
    (f"{PLAIN} # mfo: ignore[MFO804] ours", []),
    (f"# mfo: ignore-file[insecure-url] ours\n\n{PLAIN}", []),
    (PLAIN.replace("base", "# mfo: ignore[MFO804]\n# ours\nbase"), []),
    (PLAIN.replace("base", "# mfo: ignore[MFO804]\n\nbase"), ["MFO901", "MFO804"]),
    (f"{PLAIN}\n# mfo: ignore-file[MFO804]", ["MFO804", "MFO901"]),
    (f"{PLAIN} # mfo: ignore[MFO804, MFO201]", ["MFO901"]),
    ('[rules]\nMFO40 = "off" # mfo: ignore[MFO902] soon', ["MFO902", "MFO901"]),
    ("# mfo: ignore-file[MFO902]\n[rules]", ["MFO901"]),
    ("[rules]\n# mfo: ignroe[MFO902]", ["MFO901"]),
    ("# mfo: ignore[MFO804]", ["MFO901"]),
    ('[tools]\nmodule = "a # mfo: ignore[MFO902]"', []),
    ("[tools]\nmodule = 'a # mfo: ignore[MFO902]'", []),
    ('[tools]\nmodule = """a"\n# mfo: ignore[MFO902]\n""""', []),
    ("[tools]\nmodule = 'a' # mfo: ignore[MFO902]", ["MFO901"]),
    ('[tools]\nmodule = "a\\"# mfo: ignore[MFO902]" # mfo: ignore[MFO201]', ["MFO901"]),
    ("# mfo: our settings", []),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("project", "codes"), IN_THE_PROJECT_FILE, ids=range(len(IN_THE_PROJECT_FILE)))
def test_comments_in_the_project_file(project: str, codes: list[str], end: str) -> None:
    files = {"workflow.yml": f"{HEALTHY}\n", "mfo.toml": project.replace("\n", end)}
    findings = findings_of(files)
    assert [finding.code for finding in findings] == codes
    for finding in findings:
        if finding.code == "MFO901":
            assert finding.place.document == "mfo.toml"
            assert "MFO901" not in {left.code for left in findings_of(apply_fix(files, finding.fixes[0]))}


def test_a_family_is_no_rule() -> None:
    text = f"# mfo: ignore-file[MFO2, MFO40]\n{HEAD}\n"
    messages = [finding.message for finding in findings_of({"workflow.yml": text}) if finding.code == "MFO901"]
    assert [message.split(",")[0] for message in messages] == [
        '"MFO2" is a family of rules',
        '"MFO40" is a family of rules',
    ]
    assert "MFO201" in codes_of(text)


def test_the_key_after_a_block_scalar_is_not_covered() -> None:
    for place in ("note: | # mfo: ignore[MFO201]\n", "# mfo: ignore[MFO201]\nnote: |\n"):
        text = f"{place}  a text\ncolour: red\n{HEALTHY}\n"
        (finding,) = findings_of({"workflow.yml": text})
        assert text[slice(*finding.place.span)] == "colour"


LONG = [
    'prompt: "Hello\n        ${INPUTS.name}\n        and all" # mfo: ignore[MFO401]\n',
    'prompt: # mfo: ignore[MFO401]\n        "Hello\n        ${INPUTS.name}"\n',
    "prompt: # mfo: ignore[MFO401]\n        |\n        Hello ${INPUTS.name}\n",
    "prompt: Hello\n        ${INPUTS.name}\n        and all # mfo: ignore[MFO401]\n",
    "# mfo: ignore[MFO401]\n      !!str prompt: ${INPUTS.name}\n",
    "# mfo: ignore[MFO401]\n      ? prompt\n      : ${INPUTS.name}\n",
]


@pytest.mark.parametrize("entry", LONG, ids=range(len(LONG)))
def test_a_value_of_several_lines_is_covered_whole(entry: str) -> None:
    head = "name: greet\ntasks:\n  - id: first\n    type: mfo_api_chat_send\n    config:\n      "
    assert codes_of(head + entry) == []
    assert "MFO401" in codes_of(head + entry.replace("MFO401", "MFO402"))


def test_items_of_lists_are_covered_one_by_one() -> None:
    assert_marks(
        {
            "workflow.yml": """\
name: greet
tasks:
  -
    # mfo: ignore[MFO302] about the id, which is right
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MFO901 no finding of MFO302
    id: first
    type: mfo_api_tool_list
    dependencies:
      # mfo: ignore[MFO302] one
      - nobody
      - nothing
#       ^^^^^^^ MFO302
      - noone # mfo: ignore[unknown-node] another
  # mfo: ignore[MFO201] the dash stands alone
  -
    id: second
    type: mfo_api_tool_list
    colour: red
"""
        }
    )


def test_entries_of_flow_maps_are_covered() -> None:
    assert_marks(
        {
            "workflow.yml": """\
name: greet
tasks:
  - {id: first, type: mfo_api_tool_list, colour: red} # mfo: ignore[MFO201] on the line
  - {
      id: second, type: mfo_api_tool_list,
      # mfo: ignore[MFO201] the entry
      colour: {
        red: 1 },
      shade: red
#     ^^^^^ MFO201
    }
  # mfo: ignore[MFO201] the item
  - {id: third,
     type: mfo_api_tool_list,
     colour: red}
"""
        }
    )


HEAD = "name: greet\ntasks:\n  - id: first\n    type: mfo_api_tool_list\n    colour: red"
WRITTEN = [
    (" # mfo: ignore[MFO201, MFO302] ours", "MFO302", "no finding of MFO302", " # mfo: ignore[MFO201] ours"),
    (" # mfo: ignore[MFO302, MFO201] ours", "MFO302", "no finding of MFO302", " # mfo: ignore[MFO201] ours"),
    (" # mfo: ignore[MFO201, unknown-nod]", "unknown-nod", 'did you mean "unknown-node"', " # mfo: ignore[MFO201]"),
    (" # mfo: ignore[MFO201, MFO999]", "MFO999", "cannot be suppressed", " # mfo: ignore[MFO201]"),
    (" # mfo: ignore[MFO901,MFO201]", "MFO901", "cannot be suppressed", " # mfo: ignore[MFO201]"),
    (" # mfo: ignore[MFO902,MFO201]", "MFO902", "cannot be suppressed", " # mfo: ignore[MFO201]"),
]


@pytest.mark.parametrize(("comment", "underlined", "words", "mended"), WRITTEN)
def test_one_needless_code_of_several(comment: str, underlined: str, words: str, mended: str) -> None:
    text = f"{HEAD}{comment}\n"
    (finding,) = findings_of({"workflow.yml": text})
    assert (finding.code, finding.severity) == ("MFO901", Severity.WARNING)
    assert text[slice(*finding.place.span)] == underlined
    assert words in finding.message
    assert one_by_one(text) == f"{HEAD}{mended}\n"


WITHOUT_EFFECT = [
    ("# mfo: ignore[MFO302] gone", "no finding of MFO302"),
    ("# mfo: ignore[MFO302, unknown-output] gone", "no finding of MFO302, unknown-output"),
    ("# mfo: ignore[MFO000]", 'no rule "MFO000"'),
    ("# mfo: ignore[mfo000, what is this, , MFO302]", "no rule"),
    ("# mfo: ignore[] ours", "empty"),
    ("# mfo: ignore[ , ]", "empty"),
    ("# mfo: ignore", "in brackets"),
    ("# mfo: ignore MFO201", "in brackets"),
    ("# mfo: ignore[MFO201", "not closed"),
    ("# mfo: ignore-file[MFO201]", "before the first key"),
    ("# mfo: ignored[MFO201]", 'did you mean "ignore"'),
    ("# mfo: [MFO201]", "cannot say"),
]
HEALTHY = "name: greet\ntasks:\n  - id: first\n    type: mfo_api_tool_list"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(("comment", "words"), WITHOUT_EFFECT)
def test_the_fix_takes_away_a_comment_without_effect(comment: str, words: str, ends: str) -> None:
    for place in (f" {comment}\n", f"\n    {comment}\n    timeout: 5s\n", f"\n{comment}"):
        text = f"{HEALTHY}{place}".replace("\n", ends)
        findings = findings_of({"workflow.yml": text})
        assert {finding.code for finding in findings} == {"MFO901"}
        assert any(words in finding.message for finding in findings)
        without = f"{HEALTHY}{place.replace(f' {comment}', '') if place[0] == ' ' else drop(place, comment)}"
        assert one_by_one(text) == without.replace("\n", ends)


def drop(text: str, comment: str) -> str:
    """The text without the comment's line."""
    return "".join(line for line in text.splitlines(keepends=True) if line.strip() != comment)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_first_line_goes_alone(end: str) -> None:
    for mark in ("", "\ufeff"):
        rest = HEALTHY.replace("\n", end)
        assert one_by_one(f"{mark}# mfo: ignore-file[MFO201]{end}{rest}") == mark + rest


@pytest.mark.parametrize(
    "comment", ["# mfo: our flow", "# the mfo: ignore[] comment", "# mfo", "# mfo:", "# comfo: ignore[x]"]
)
def test_other_comments_are_let_be(comment: str) -> None:
    assert codes_of(f"{HEALTHY} {comment}\n") == []


def test_what_is_off_is_not_judged() -> None:
    text = f"{HEALTHY} # mfo: ignore[MFO201, MFO302] gone\n"
    beside = {"mfo.toml": '[rules]\nMFO201 = "off"\nunknown-node = "off"\n'}
    assert codes_of(text, **beside) == []
    assert codes_of(text, **{"mfo.toml": '[rules]\nMFO201 = "off"\n'}) == ["MFO901"]
    assert codes_of(text, **{"mfo.toml": '[rules]\nunused-suppression = "off"\n'}) == []
    some = [rule for rule in RULES if rule.code in {"MFO901", "MFO401"}]
    assert not check(bundle_of({"workflow.yml": text}), some)


def test_nothing_is_called_needless_while_a_text_cannot_be_read() -> None:
    text = f"{HEALTHY} # mfo: ignore[MFO302] for now\n"
    assert "MFO901" not in codes_of(text, **{"prompts.yml": "templates: [\n"})
    assert "MFO901" not in codes_of(f"{text}  - {{id: \n")
    assert "MFO901" in codes_of(text, **{"prompts.yml": "templates: []\n"})


def test_files_that_are_not_ours_are_let_be() -> None:
    assert codes_of(HEALTHY, **{"compose.yml": "services: {} # mfo: ignore[]\n"}) == []


def test_the_finding_on_a_comment_cannot_be_suppressed() -> None:
    assert codes_of(f"# mfo: ignore-file[MFO901] quiet\n{HEALTHY} # mfo: ignore[MFO302]\n") == ["MFO901", "MFO901"]


def test_a_broken_rule_is_not_hidden() -> None:
    def broken(_part: Part, _snapshot: Snapshot) -> list[Finding]:
        raise KeyError

    bundle = bundle_of({"workflow.yml": f"# mfo: ignore-file[MFO999, MFO302] quiet\n{HEALTHY}"})
    rule = next(rule for rule in RULES if rule.code == "MFO302")
    broken_rule = type(rule)(rule.code, rule.name, rule.severity, Selector((NodeView,), broken), rule.check)
    assert [finding.code for finding in check(bundle, [broken_rule])] == ["MFO999"]


@pytest.mark.parametrize("comment", [BLOCK, FLOW], ids=["block", "flow"])
def test_no_prefix_breaks_the_checker(comment: str) -> None:
    names = ("top", "above_task", "on_id", "above_key", "on_key", "on_list")
    text = comment.format(**dict.fromkeys(names, " # mfo: ignore[MFO201, x] here"))
    for length in range(len(text)):
        for finding in findings_of({"workflow.yml": text[:length]}):
            assert finding.code != "MFO999", text[:length]
            assert 0 <= finding.place.span.start <= finding.place.span.end <= length


def refusals(text: str) -> list[str]:
    bundle = bundle_of({"workflow.yml": text})
    return [finding.code for finding in flow_of_bundle(bundle, "workflow.yml").findings]


def test_the_engine_refuses_what_is_suppressed_of_form_and_graph() -> None:
    text = f"# mfo: ignore-file[MFO201, MFO302, MFO401] all is well\n{HEAD}\n    dependencies: [nobody]\n"
    text += "  - {id: second, type: mfo_api_chat_send, config: {prompt: 'Hello ${INPUTS.name}'}}\n"
    assert codes_of(text) == []
    assert sorted(refusals(text)) == ["MFO201", "MFO302"]
    assert {"MFO201", "MFO302"} <= FIXED_CODES


def test_the_engine_runs_what_is_suppressed_otherwise() -> None:
    text = f"{HEALTHY}\n  - {{id: second, type: mfo_api_chat_send, config: {{prompt: 'Hello ${{INPUTS.name}}'}}}}\n"
    assert refusals(text) == ["MFO401"]
    assert refusals(f"# mfo: ignore-file[MFO401] all is well\n{text}") == []


def test_the_engine_refuses_a_text_that_is_suppressed_whole() -> None:
    bundle = bundle_of({"workflow.yml": "# mfo: ignore-file[MFO101]\ntaskflows: [\n"})
    assert not check(bundle)
    with pytest.raises(RefusedDocumentError):
        flow_of_bundle(bundle, "workflow.yml")
