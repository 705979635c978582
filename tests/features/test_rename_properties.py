"""Any symbol of any right bundle, renamed at any of its places: there and back, the same graph, the same findings."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.expressions import FUNCTIONS
from mfo_lsp.features.rename import Renaming, prepare_rename, rename
from mfo_lsp.features.rename.names import name_problem
from mfo_lsp.features.rename.plain_case import is_plain
from mfo_lsp.features.rename.verifying import disturbed
from mfo_lsp.features.symbols import SymbolKind, index_symbols
from tests.effort import IS_LONG, examples
from tests.features.bundles import FILES
from tests.features.test_rename import applied
from tests.mutations.bundles import right_bundles
from tests.rules.checking import bundle_of

CHANCE = random.Random() if IS_LONG else random.Random(8)
BUNDLES = {"features": FILES, **dict(right_bundles(CHANCE, (10, 110) if IS_LONG else (10,)))}
NAMES = ["zz_new", "zz-new", "zz new", "true", "yes", "in", "Zz9"]
NOT_DECLARED_HERE = {SymbolKind.TASK_TYPE, SymbolKind.TOOL}


def snapshot_of(files):
    return Snapshot(bundle_of(files))


def findings_of(snapshot, *names):
    """The findings with another word in the place of some names."""
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    bundle = snapshot.bundle
    found = Counter()
    for finding in check_snapshot(snapshot):
        if finding.place.document in bundle.sources:
            line = bundle.sources[finding.place.document].tree.lines.line_of(finding.place.span.start)
            found[finding.code, finding.place.document, line, word.sub("*", finding.message)] += 1
    return found


def graphs_of(snapshot):
    return [[level.graph.ancestors for level in flow.levels] for flow in snapshot.flows]


def place_after(occurrence, renaming, before, after):
    """Where a renamed occurrence stands afterwards: its line is the same, its column is found by counting."""
    index = index_symbols(after)
    line_of = before.bundle.sources[occurrence.document].tree.lines.line_of
    line = line_of(occurrence.span.start)
    for found in index.in_document(occurrence.document):
        there = after.bundle.sources[occurrence.document].tree.lines.line_of(found.span.start)
        if there == line and found.symbol.kind is occurrence.symbol.kind and found.symbol.name == renaming:
            return found
    return None


@pytest.mark.parametrize("name", BUNDLES)
def test_there_and_back_is_the_same_and_the_flow_means_the_same(name):
    files = BUNDLES[name]
    before = snapshot_of(files)
    index = index_symbols(before)
    tried = 0
    for symbol in CHANCE.sample(index.symbols, min(examples(8), len(index.symbols))):
        occurrence = CHANCE.choice([found for found in index.of(symbol) if found.document in before.bundle.sources])
        new = CHANCE.choice(NAMES)
        new = new if not name_problem(new, symbol.kind) else "zz_new"
        found = rename(before, occurrence.document, occurrence.span.start, new)
        if not isinstance(found, Renaming):
            is_payload_too = symbol.kind is SymbolKind.INPUT and "TRIGGER.payload" in found.words
            is_expected = symbol.kind in NOT_DECLARED_HERE or is_payload_too or symbol.name in FUNCTIONS
            assert is_expected, (symbol, new, found)
            continue
        tried += 1
        if is_plain(before, found.symbols, new, found.edits):
            assert not disturbed(before, found.symbols, new, found.edits), (symbol, new)
        there = applied(files, found)
        after = snapshot_of(there)
        assert graphs_of(after) == graphs_of(before)
        if symbol.name in FUNCTIONS:
            continue  # hiding a function is a finding, which goes with the name and is not allowed back
        assert findings_of(after, new, symbol.name) == findings_of(before, new, symbol.name), (symbol, new)
        place = place_after(occurrence, new, before, after)
        assert place is not None, (symbol, new)
        back = rename(after, place.document, place.span.start, symbol.name)
        assert isinstance(back, Renaming), (symbol, new, back)
        assert applied(there, back) == files, (symbol, new)
    assert tried


def test_every_occurrence_offers_the_same_rename():
    """From each place of a symbol the same edits come, and the name that is offered is the one that stands there."""
    before = snapshot_of(FILES)
    index = index_symbols(before)
    for symbol in CHANCE.sample(index.symbols, min(examples(6), len(index.symbols))):
        answers = set()
        for found in index.of(symbol):
            if found.document not in before.bundle.sources:
                continue
            offered = prepare_rename(before, found.document, found.span.start)
            renaming = rename(before, found.document, found.span.start, "zz_new")
            if isinstance(renaming, Renaming):
                assert offered.name == symbol.name
                assert offered.span == found.span
            answers.add(renaming)
        assert len(answers) == 1, symbol
