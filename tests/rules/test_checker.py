"""The checker's own behaviour: order, severities, and the fence around broken rules."""

from dataclasses import replace

from mfo_dialect.checker import check
from mfo_dialect.findings import Severity
from mfo_dialect.rules import RULES
from mfo_dialect.rules.graph import unknown_node
from tests.rules.checking import bundle_of

BROKEN = """\
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config: {prompt: "Hello ${INPUTS.name}"}
    dependencies: [nobody]
"""


def test_findings_come_sorted_by_place() -> None:
    findings = check(bundle_of({"workflow.yml": BROKEN}))
    assert [finding.code for finding in findings] == ["MFO401", "MFO302"]


def test_a_rule_that_breaks_is_named_and_the_others_go_on() -> None:
    def broken(_item: object, _snapshot: object) -> list[object]:
        raise KeyError("a secret of the document")

    rules = [replace(rule, check=broken) if rule is unknown_node.RULE else rule for rule in RULES]
    findings = check(bundle_of({"workflow.yml": BROKEN}), rules)
    internal = [finding for finding in findings if finding.code == "MFO999"]
    assert len(internal) == 1
    assert "MFO302" in internal[0].message
    assert "a secret" not in internal[0].message
    assert "MFO401" in {finding.code for finding in findings}


def test_the_project_file_sets_severities_by_code_and_by_name() -> None:
    project = '[rules]\nMFO302 = "off"\nunknown-reference = "hint"\n'
    findings = check(bundle_of({"workflow.yml": BROKEN, "mfo.toml": project}))
    assert [(finding.code, finding.severity) for finding in findings] == [("MFO401", Severity.HINT)]
