"""A baseline: findings that are known and left for later, told from new ones without line numbers.

An entry speaks of a rule, a file, the nearest thing with an id around the finding, and a hash of what is written there. It
knows no disk: how a baseline is kept in a file is the business of ``mfo_workspace/baseline_file.py``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mfo_dialect.findings import Finding
from mfo_dialect.model.access import text_at
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import SyntaxTree
from mfo_dialect.syntax.navigation import Part, Step, path_at

NEVER_BASELINED = frozenset({"MFO101", "MFO103", "MFO901", "MFO902", "MFO999"})
"""Text that is no YAML and settings that are wrong hide other findings; needless comments are mended at once."""

HASH_DIGITS = 16
_TEXT_IS_SECRET = frozenset({"MFO801"})
"""Rules that underline what must not be guessed from a hash."""

_NODES = {"tasks": "task", "conditions": "condition", "subflows": "subflow"}
_LISTS = {
    "": {**_NODES, "taskflows": "taskflow", "triggers": "trigger", "agents": "agent"},
    "taskflow": _NODES,
    "subflow": _NODES,
}
_MAPS = {"templates": "template", "tools": "tool", "agents": "agent"}


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What a finding is recognised by.

    Attributes:
        file: the document, relative to the baseline's directory, written with ``/``.
        node: the kind and id of the nearest thing with an id, ``task fetch``; empty for the document itself.
        rule: the rule's code.
        hash: of the keys that lead from the node to the place, and of what is underlined there.
    """

    file: str
    node: str
    rule: str
    hash: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of each entry are known."""

    counts: Mapping[Entry, int] = field(default_factory=dict[Entry, int])


@dataclass(frozen=True, slots=True)
class Matched:
    """Findings held against a baseline.

    Attributes:
        new: the findings that it does not know, in their order.
        known: those that it knows.
        present: how many of the findings there are of each entry, as a new baseline would have them.
    """

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    present: Mapping[Entry, int]


def match(findings: Iterable[tuple[Finding, Entry | None]], baseline: Baseline) -> Matched:
    """Tell new findings from known ones; of more findings of one entry than are known, the last ones are new.

    Args:
        findings: each with its entry, in the order of their places.
        baseline: what is known.
    """
    new: list[Finding] = []
    known: list[Finding] = []
    present: Counter[Entry] = Counter()
    for finding, entry in findings:
        if entry is not None:
            present[entry] += 1
        is_known = entry is not None and present[entry] <= baseline.counts.get(entry, 0)
        (known if is_known else new).append(finding)
    return Matched(tuple(new), tuple(known), present)


def entry_of(finding: Finding, tree: SyntaxTree, file: str) -> Entry | None:
    """What a finding is recognised by; None for one that a baseline cannot hold.

    Args:
        finding: the finding.
        tree: its document.
        file: how the baseline names the document.
    """
    if finding.code in NEVER_BASELINED:
        return None
    node, path = _node_and_path(path_at(tree, finding.place.span.start))
    if finding.missing:
        # What lacks something is a map, wherever in it the finding is shown.
        said = (*path[:-1], "", *sorted(finding.missing))
    elif finding.code in _TEXT_IS_SECRET:
        said = path
    else:
        said = (*path, "", _first_line(tree.text[slice(*finding.place.span)]))
    return Entry(file, node, finding.code, _digest(said))


def _node_and_path(steps: Iterable[Step]) -> tuple[str, tuple[str, ...]]:
    """The kind and id of the innermost thing with an id, and the keys that lead on from there; items count alike."""
    node, kind = "", ""
    path: list[str] = []
    for step in steps:
        name = "-" if step.part is Part.ITEM else str(step.key)
        found = _identified(step, kind, path[0]) if len(path) == 1 else None
        if found is None:
            path.append(name)
        else:
            kind, identifier = found
            node, path = f"{kind} {identifier}", []
    return node, tuple(path)


def _identified(step: Step, around: str, key: str) -> tuple[str, str] | None:
    """The kind and id of what a step leads into, below ``key`` of a document or of a thing of the kind ``around``."""
    if step.part is not Part.ITEM:
        kind = _MAPS.get(key, "") if not around else ""
        return (kind, str(step.key)) if kind else None
    kind = _LISTS.get(around, {}).get(key, "")
    identifier = text_at(step.node, "taskflow_id", "id") if isinstance(step.node, MappingNode) else None
    return (kind, identifier.text) if kind and identifier is not None else None


def _first_line(text: str) -> str:
    """The beginning of what is underlined; white space, which indentation changes, counts as one blank."""
    lines = text.strip().splitlines()
    return " ".join(lines[0].split()) if lines else ""


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:HASH_DIGITS]
