"""What is to be shown of each text: findings in groups, one for each part, in the order of the text.

Comments that suppress findings, and invisible characters, concern findings of several parts. Where there are none, which
is nearly always, a group is what its part says. Else all findings are gone through together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable
from operator import is_

from mfo_dialect.analysis.live_indexes import place_of_live_part
from mfo_dialect.analysis.live_snapshot import LiveSnapshot
from mfo_dialect.checker import broken, suppressed
from mfo_dialect.editing.found import Found, anchored
from mfo_dialect.editing.part_check import PartCheck, Said
from mfo_dialect.findings import Finding, Place
from mfo_dialect.rules import Report, Rule
from mfo_dialect.rules.choosing import Choice
from mfo_dialect.rules.one_cause import one_per_cause, what_is_said

_SIGN = "mfo:"
_INVISIBLE = "MFO107"
_FEW = 16
"""One for so many that are there already: then each that comes is put in by itself."""


class _Shown:
    """The findings of one text: those of each part as a group, in the order of the text.

    Attributes:
        groups: the groups.
    """

    __slots__ = ("_coming", "_going", "_order", "groups")

    def __init__(self) -> None:
        self.groups: dict[PartCheck, tuple[Found, ...]] = {}
        self._order: list[PartCheck] = []
        self._coming: dict[PartCheck, None] = {}
        self._going: dict[PartCheck, None] = {}

    def put(self, check: PartCheck, group: tuple[Found, ...]) -> None:
        """Show other findings of a part; none where the group is empty."""
        if not group:
            del self.groups[check]
            self._pass(check, self._coming, self._going)
            return
        if check not in self.groups:
            self._pass(check, self._going, self._coming)
        self.groups[check] = group

    @staticmethod
    def _pass(check: PartCheck, undone: dict[PartCheck, None], done: dict[PartCheck, None]) -> None:
        """Note that a part comes or goes, unless that undoes what it has done since somebody asked for the order."""
        if check in undone:
            del undone[check]
        else:
            done[check] = None

    def in_order(self) -> list[tuple[Found, ...]]:
        """The groups in the order of the text; those that have come and gone are put in and taken out together."""
        if self._going:
            self._order = [check for check in self._order if check not in self._going]
            self._going = {}
        if len(self._coming) * _FEW > len(self._order):
            self._order = sorted((*self._order, *self._coming), key=_place)
        else:
            for check in self._coming:
                self._order.insert(bisect_left(self._order, _place(check), key=_place), check)
        self._coming = {}
        groups = self.groups
        return [groups[check] for check in self._order]


class Publishing:
    """The findings of all parts, by text."""

    def __init__(self, snapshot: LiveSnapshot, choice: Choice, rules: Iterable[Rule]) -> None:
        """Start without findings."""
        self._snapshot = snapshot
        self._choice = choice
        self._rules = tuple(rules)
        self._shown: dict[str, _Shown] = {}
        self._documents: dict[PartCheck, tuple[str, ...]] = {}
        self._news: dict[str, None] = {}
        self._invisible = 0
        self._unusual: dict[str, tuple[tuple[Found, ...], list[Finding]]] | None = None

    def touch(self, key: str) -> None:
        """Note that a text was edited."""
        self._unusual = None
        if self._said_of(key) or self._is_unusual:
            self._news[key] = None

    def _said_of(self, key: str) -> dict[PartCheck, tuple[Found, ...]]:
        shown = self._shown.get(key)
        return shown.groups if shown is not None else {}

    def take(self, check: PartCheck, said: Said) -> None:
        """Take what rules say of a part now, those that have something else to say than before."""
        is_other = False
        for rule, reports in said.items():
            before = check.found.get(rule, ())
            found = self._found(rule, reports) if reports else ()
            if not before and not found:
                continue
            kept = _kept(before, found)
            if _are_same(kept, before):
                continue
            is_other = True
            if rule.code == _INVISIBLE:
                self._invisible += _invisible(kept) - _invisible(before)
            if kept:
                check.found[rule] = kept
            else:
                del check.found[rule]
        if is_other:
            self._regroup(check)

    def _found(self, rule: Rule, said: Iterable[Report | Exception]) -> tuple[Found, ...]:
        findings = [finding for report in said if (finding := self._finding(rule, report)) is not None]
        apart = dict.fromkeys(findings) if len(findings) > 1 else findings
        return tuple([self._anchored(finding) for finding in apart])

    def _finding(self, rule: Rule, report: Report | Exception) -> Finding | None:
        if isinstance(report, Exception):
            return broken(rule, self._snapshot, report)
        bundle, document = self._snapshot.bundle, report.document
        severity = self._choice.severity(rule, report)
        if severity is None or (document not in bundle.home and document in bundle.sources):
            return None
        return Finding(
            rule.code,
            rule.name,
            severity,
            report.message,
            Place(document, report.span),
            report.related,
            (),
            report.tags,
            report.missing,
        )

    def _anchored(self, finding: Finding) -> Found:
        related = finding.related
        return Found(
            finding,
            anchored(finding.place, self._tree_of(finding.place)),
            tuple([(anchored(one.place, self._tree_of(one.place)), one.message) for one in related]) if related else (),
        )

    def _tree_of(self, place: Place):  # noqa: ANN202
        source = self._snapshot.bundle.sources.get(place.document)
        return source.tree if source is not None else None

    def _regroup(self, check: PartCheck) -> None:
        by_document: dict[str, dict[tuple[object, ...], Found]] = {}
        for found in check.found.values():
            for one in found:
                by_document.setdefault(one.document, {}).setdefault((one.code, one.at, one.message), one)
        documents = tuple(by_document)
        for document in dict.fromkeys((*documents, *self._documents.get(check, ()))):
            group = tuple(by_document.get(document, {}).values())
            if len(group) > 1:
                group = tuple(sorted(group, key=lambda one: (one.span, one.code, one.message)))
            shown = self._shown.get(document)
            if shown is None:
                shown = self._shown[document] = _Shown()
            before = shown.groups.get(check, ())
            if not _are_same(before, group):
                self._news[document] = None
                self._unusual = None
                shown.put(check, group)
        if documents:
            self._documents[check] = documents
        else:
            self._documents.pop(check, None)

    def forget(self, check: PartCheck) -> None:
        """Forget the findings of a part that is there no more."""
        for found in check.found.values():
            self._invisible -= _invisible(found)
        check.found = {}
        self._regroup(check)

    def news(self) -> set[str]:
        """The keys of texts whose findings have come, gone or perhaps moved since this was asked last."""
        found, self._news = set(self._news), {}
        if found and self._is_unusual:
            found |= set(self._shown)
        return found

    @property
    def _is_unusual(self) -> bool:
        """Whether findings of several parts have to do with each other."""
        if self._invisible:
            return True
        bundle = self._snapshot.bundle
        if _SIGN in bundle.project.text:
            return True
        return any(bundle.sources[key].holds(_SIGN) for key in bundle.home if key in bundle.sources)

    def groups(self, key: str) -> list[tuple[Found, ...]]:
        """The findings of a text, those of each part as one tuple."""
        if self._is_unusual:
            group, _ = self._all().get(key, ((), []))
            return [group] if group else []
        shown = self._shown.get(key)
        if shown is None:
            return []
        listed = shown.in_order()
        source = self._snapshot.bundle.sources.get(key)
        return _without_doubles(listed) if source is not None and source.may_have_anchors else listed

    def unusual(self, key: str) -> list[Finding]:
        """Findings that no part has, with the ways to mend them."""
        return self._all().get(key, ((), []))[1] if self._is_unusual else []

    def check_of(self, found: Found) -> PartCheck | None:
        """The part that has a finding; None where it comes of how findings are suppressed."""
        groups = self._said_of(found.document).items()
        return next((check for check, group in groups if any(one is found for one in group)), None)

    def _all(self) -> dict[str, tuple[tuple[Found, ...], list[Finding]]]:
        """By text what is left of all findings, as a fresh check leaves it, and what comes of the suppressions."""
        if self._unusual is not None:
            return self._unusual
        known = {
            one.finding(): one for shown in self._shown.values() for group in shown.groups.values() for one in group
        }
        applied = {rule.code for rule in self._rules if self._choice.runs_whole(rule)}
        with self._snapshot.asking():
            left = suppressed(self._snapshot, one_per_cause(known), applied, self._choice, ())
        shown: dict[str, list[Found]] = {}
        more: dict[str, list[Finding]] = {}
        for finding in left:
            found = known.get(finding)
            if found is None:
                found = self._anchored(finding)
                more.setdefault(finding.place.document, []).append(finding)
            shown.setdefault(finding.place.document, []).append(found)
        self._unusual = {key: (tuple(found), more.get(key, [])) for key, found in shown.items()}
        return self._unusual


def _are_same(ones: tuple[Found, ...], others: tuple[Found, ...]) -> bool:
    return len(ones) == len(others) and all(map(is_, ones, others))


def _invisible(found: Iterable[Found]) -> int:
    return sum(one.code == _INVISIBLE for one in found)


def _kept(before: tuple[Found, ...], now: tuple[Found, ...]) -> tuple[Found, ...]:
    """What is found now, by the objects that said the same before."""
    if not before:
        return now
    left = list(before)
    kept: list[Found] = []
    for one in now:
        same = next((other for other in left if other.says_as(one)), None)
        if same is not None:
            left.remove(same)
        kept.append(same or one)
    return tuple(kept)


def _without_doubles(groups: list[tuple[Found, ...]]) -> list[tuple[Found, ...]]:
    """Groups without what another one says already, as of a map that an alias brings to several places."""
    seen: set[Hashable] = set()
    kept: list[tuple[Found, ...]] = []
    for group in groups:
        keys = [what_is_said(one.code, one.at, one.message) for one in group]
        new = tuple(one for one, key in zip(group, keys, strict=True) if key not in seen)
        seen.update(keys)
        if new:
            kept.append(new if len(new) < len(group) else group)
    return kept


def _place(check: PartCheck) -> tuple[str, int, int]:
    return place_of_live_part(check.part)
