"""SARIF: against the constraints of its schema that matter here, and literally."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mfo_dialect.checker import check
from mfo_dialect.findings import Edit, Fix, Place, Related
from mfo_dialect.rules import RULES
from mfo_dialect.text import LineIndex, Span, TextEdit, apply_edits
from mfo_lsp.reports import CheckOutcome
from mfo_lsp.reports.sarif import sarif_report
from tests.marks import fenced_files, read_marks, section
from tests.reports.outcomes import LETTERS, NODE, NOTHING, OUTCOME, TYPE
from tests.reports.sarif_shape import SARIF
from tests.rules.checking import bundle_of

VALIDATOR = Draft202012Validator(SARIF)


def run_of(outcome: CheckOutcome) -> dict[str, Any]:
    log = json.loads(sarif_report(outcome))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["helpUri"].endswith(f"/{rule['id']}.md")
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    for location in _artifact_locations(run["results"]):
        assert run["artifacts"][location["index"]]["location"] == location
    return run


def _artifact_locations(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in _artifact_locations(item)]
    if not isinstance(value, dict):
        return []
    own = [value["artifactLocation"]] if "artifactLocation" in value else []
    return own + [found for item in value.values() for found in _artifact_locations(item)]


LETTERS_FILE = {"uri": "letters.yml", "uriBaseId": "%SRCROOT%", "index": 0}


def test_a_result_with_fixes() -> None:
    run = run_of(OUTCOME)
    assert run["columnKind"] == "unicodeCodePoints"
    assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == [
        "letters.yml",
        "mfo.toml",
        "prompts%20dir/%C3%A9%231.yml",
    ]
    region = {"startLine": 3, "startColumn": 20, "endLine": 3, "endColumn": 29}
    assert run["results"][0] == {
        "ruleId": "MFO206",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": 'no task type is called "transfrom"; did you mean "transform"?'},
        "locations": [{"physicalLocation": {"artifactLocation": LETTERS_FILE, "region": region}}],
        "partialFingerprints": {"mfoFinding/v1": "575ab45bdf1ac78593048480b1a7320b"},
        "fixes": [
            {
                "description": {"text": 'Change to "transform"'},
                "artifactChanges": [
                    {
                        "artifactLocation": LETTERS_FILE,
                        "replacements": [{"deletedRegion": region, "insertedContent": {"text": "transform"}}],
                    }
                ],
                "properties": {"safe": True},
            },
            {
                "description": {"text": "Declare it in mfo.toml"},
                "artifactChanges": [
                    {
                        "artifactLocation": {"uri": "mfo.toml", "uriBaseId": "%SRCROOT%", "index": 1},
                        "replacements": [
                            {
                                "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
                                "insertedContent": {"text": "[task_types.transfrom]\n"},
                            }
                        ],
                    }
                ],
                "properties": {"safe": False},
            },
        ],
        "properties": {"severity": "error"},
    }


def test_related_places_levels_and_tags() -> None:
    results = run_of(OUTCOME)["results"]
    assert results[1]["relatedLocations"] == [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": LETTERS_FILE,
                "region": {"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 12},
            },
            "message": {"text": "the nearest"},
        }
    ]
    assert [result["level"] for result in results] == ["error", "warning", "note", "note"]
    assert results[3]["properties"] == {"severity": "hint", "tags": ["unnecessary"]}
    assert not any("codeFlows" in result for result in results)


def test_the_rules_bring_their_pages() -> None:
    rules = run_of(OUTCOME)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MFO206", "MFO302", "MFO311", "MFO605"]
    assert rules[0]["defaultConfiguration"] == {"enabled": True, "level": "error"}
    assert rules[0]["shortDescription"] == {"text": "A task has a type that nobody declares."}
    assert "## What it finds" in rules[0]["help"]["markdown"]


def test_a_data_flow_is_a_code_flow_too() -> None:
    steps = (
        Related(Place("/w/letters.yml", Span(0, 4)), "comes in here"),
        Related(Place("/w/letters.yml", Span(17, 22)), "goes on here"),
    )
    finding = replace(NODE, code="MFO803", related=steps)
    (result,) = run_of(CheckOutcome((finding,), OUTCOME.names, OUTCOME.texts, 1))["results"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    told = [
        (step["location"]["message"]["text"], step["location"]["physicalLocation"]["region"]["startLine"])
        for step in flow["locations"]
    ]
    assert told == [("comes in here", 1), ("goes on here", 2), (finding.message, 5)]


def test_the_path_of_untrusted_text_is_a_code_flow_from_where_it_comes_in() -> None:
    rule = next(rule for rule in RULES if rule.code == "MFO803")
    files = {name: read_marks(text)[0] for name, text in fenced_files(section(rule.page, "Bad")).items()}
    bundle = bundle_of(files)
    findings = check(bundle)
    lines = {key: source.tree.lines for key, source in bundle.sources.items()}
    results = run_of(CheckOutcome(findings, {key: key for key in files}, lines, len(files)))["results"]
    (result,) = [result for result in results if result["ruleId"] == "MFO803"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [step["location"] for step in flow["locations"]]
    assert len(steps) > 2
    assert steps[-1]["physicalLocation"] == result["locations"][0]["physicalLocation"]
    assert [step["message"]["text"] for step in steps[:-1]] == [
        related["message"]["text"] for related in result["relatedLocations"]
    ]


def test_replacements_one_after_the_other_do_what_the_edits_do() -> None:
    spans = (Span(0, 4), Span(6, 6), Span(6, 6), Span(20, 22))
    edits = tuple(Edit(Place("/w/letters.yml", span), f"<{number}>") for number, span in enumerate(spans))
    finding = replace(TYPE, fixes=(Fix("Try", edits),))
    (result,) = run_of(CheckOutcome((finding,), OUTCOME.names, OUTCOME.texts, 1))["results"]
    text = LETTERS
    for replacement in result["fixes"][0]["artifactChanges"][0]["replacements"]:
        region, lines = replacement["deletedRegion"], LineIndex(text)
        start = lines.line_start(region["startLine"] - 1) + region["startColumn"] - 1
        end = lines.line_start(region["endLine"] - 1) + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    assert text == apply_edits(LETTERS, [TextEdit(edit.place.span, edit.new_text) for edit in edits])


@pytest.mark.parametrize(
    ("name", "location"),
    [
        ("a b/ü.yml", {"uri": "a%20b/%C3%BC.yml", "uriBaseId": "%SRCROOT%", "index": 0}),
        ("../up.yml", {"uri": "../up.yml", "uriBaseId": "%SRCROOT%", "index": 0}),
        ("no:scheme.yml", {"uri": "no%3Ascheme.yml", "uriBaseId": "%SRCROOT%", "index": 0}),
        ("/abs/x y.yml", {"uri": "file:///abs/x%20y.yml", "index": 0}),
        ("D:\\flows\\a.yml", {"uri": "file:///D:/flows/a.yml", "index": 0}),
        ("bad\udc80.yml", {"uri": "bad%3F.yml", "uriBaseId": "%SRCROOT%", "index": 0}),
    ],
)
def test_addresses(name: str, location: dict[str, Any]) -> None:
    run = run_of(CheckOutcome((replace(TYPE, fixes=(), place=Place("f", Span(0, 0))),), {"f": name}))
    assert run["artifacts"] == [{"location": location}]


def test_nothing_found() -> None:
    run = run_of(NOTHING)
    assert (run["results"], run["artifacts"], run["tool"]["driver"]["rules"]) == ([], [], [])


def test_a_rule_that_is_not_known_has_a_name_and_an_address() -> None:
    (rule,) = run_of(CheckOutcome((replace(TYPE, code="MFO998", name="new-rule"),), OUTCOME.names))["tool"]["driver"][
        "rules"
    ]
    assert {**rule, "helpUri": ""} == {"id": "MFO998", "name": "new-rule", "helpUri": ""}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "2.2.0"),
        (("runs", 0, "columnKind"), "bytes"),
        (("runs", 0, "results", 0, "level"), "fatal"),
        (("runs", 0, "results", 0, "extra"), 1),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
        (("runs", 0, "results", 0, "message"), {}),
        (("runs", 0, "artifacts", 0, "location", "uri"), "a b"),
    ],
)
def test_the_constraints_notice_what_is_wrong(path: tuple[Any, ...], value: Any) -> None:
    log = json.loads(sarif_report(OUTCOME))
    holder = log
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert not VALIDATOR.is_valid(log)
