"""A rule of the checker itself broke.

## What it finds

A defect of the checker: one of its rules failed on a document. The finding names the rule; all other rules go on.

## Why it matters

What that rule would have found is not reported, so a clean result is less than it seems.

## Bad

Nothing in a document is wrong here. Please report the message together with the document, secrets taken out.

## Good

A document on which no rule fails, which should be every document.

## Fix

Turn the rule off in the project file until it is mended: ``[rules]`` with ``MFO123 = "off"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(_item: Bundle, _snapshot: Snapshot) -> Iterator[Report]:
    """Report nothing: the checker makes these findings when another rule breaks."""
    return iter(())


RULE = Rule("MFO999", "internal-error", Severity.ERROR, select.whole_bundle, check)
