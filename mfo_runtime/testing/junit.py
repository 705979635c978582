"""Results of tests as JUnit's XML: one suite a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from mfo_runtime.testing.running_tests import TestResult

_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def junit_of(results: Sequence[TestResult]) -> str:
    """The results as an XML document."""
    root = ET.Element("testsuites", _counts(results), name="mfo test")
    for file, group in groupby(results, lambda result: result.test.file):
        found = list(group)
        suite = ET.SubElement(root, "testsuite", _counts(found), name=_xml(file))
        for result in found:
            line = str(result.test.place().line)
            facts = {"name": _xml(result.test.name), "classname": _xml(file), "file": _xml(file), "line": line}
            case = ET.SubElement(suite, "testcase", facts, time=f"{result.seconds:.3f}")
            for mismatch in result.mismatches:
                said = _xml(mismatch.message)
                ET.SubElement(case, "failure", message=said).text = f"{_xml(str(mismatch.place))}: {said}"
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(results: Sequence[TestResult]) -> dict[str, str]:
    failed = sum(bool(result.mismatches) for result in results)
    seconds = sum(result.seconds for result in results)
    return {"tests": str(len(results)), "failures": str(failed), "errors": "0", "time": f"{seconds:.3f}"}


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
