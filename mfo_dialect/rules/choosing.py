"""Which rules run and how much their findings weigh, by what the project file says and a caller asks for on top.

What speaks of fewer rules wins over what speaks of more: a name over a code, a code over a family, a family over a tag.
Among equals the caller wins over the project file, and then ``ignore`` over ``select``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from mfo_dialect.findings import Severity
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_dialect.rules.rule import Report, Rule

ALL, DEFAULT = "all", "default"
ALWAYS = frozenset({"MFO101", "MFO902", "MFO999"})
"""Rules that run whatever is selected, unless they are ignored: without them nobody would learn why others are silent."""

_OFF = "off"
_SEVERITIES = {severity.word: severity for severity in Severity}
_PREFIX = "MFO"
_EVERY, _BY_TAG, _BY_FAMILY, _BY_CODE, _BY_NAME = 1, 2, 3, 8, 9


class Choice:
    """What runs, for one project file and one caller; immutable once made."""

    def __init__(self, project: RuleSettings, asked: RuleSettings = NOTHING_SAID, fixed: Collection[str] = ()) -> None:
        """Choose rules.

        Args:
            project: what the project file says.
            asked: what a caller asks for on top.
            fixed: codes of rules that neither of them switches off or weakens.
        """
        self._asked = asked
        self._project = RuleSettings((), project.ignore, project.severities) if asked.select else project
        self._select = asked.select or project.select
        self._fixed = fixed
        self._severities = [dict(settings.severities) for settings in (asked, project)]
        self._is_default = asked == project == NOTHING_SAID

    def runs(self, rule: Rule) -> bool:
        """Whether a rule has anything to say under any of its names."""
        if self._is_default:
            return rule.enabled
        return any(self._is_on(rule, name) for name in (rule.name, *rule.more_names))

    def runs_whole(self, rule: Rule) -> bool:
        """Whether a rule runs under all of its names."""
        if self._is_default:
            return rule.enabled
        return all(self._is_on(rule, name) for name in (rule.name, *rule.more_names))

    def only_hints(self, rule: Rule) -> bool:
        """Whether nothing that a rule says weighs more than a hint; a rule of hints has no report that weighs more."""
        is_hint = rule.severity is Severity.HINT
        if self._is_default:
            return is_hint
        words = [self._word(rule, name) for name in (rule.name, *rule.more_names)]
        return (
            all(word == Severity.HINT.word or (is_hint and not word) for word in words) and rule.code not in self._fixed
        )

    def severity(self, rule: Rule, report: Report) -> Severity | None:
        """What a report of a rule weighs; None where it is not wanted."""
        name, own = report.name or rule.name, report.severity or rule.severity
        if self._is_default:
            return own if rule.enabled else None
        if not self._is_on(rule, name):
            return None
        chosen = _SEVERITIES.get(self._word(rule, name))
        if chosen is None or (rule.code in self._fixed and chosen > own):
            return own
        return chosen

    def _word(self, rule: Rule, name: str) -> str:
        """The severity word that counts; empty where none is set."""
        for severities in self._severities:
            word = severities.get(name) or severities.get(rule.code)
            if word and word != _OFF:
                return word
        return ""

    def _is_on(self, rule: Rule, name: str) -> bool:
        if self._is_default or rule.code in self._fixed:
            return rule.enabled
        start = rule.code in ALWAYS if self._select else rule.enabled
        return max(self._said(rule, name), default=(0, 0, False, start))[3]

    def _said(self, rule: Rule, name: str) -> Iterator[tuple[int, int, bool, bool]]:
        """All that speaks of a rule under a name: how closely, whether a caller said it, whether it says no, and yes."""
        for layer, settings in enumerate((self._project, self._asked)):
            for selectors, on in ((settings.select, True), (settings.ignore, False)):
                for selector in selectors:
                    if closeness := _closeness(selector, rule, name):
                        yield closeness, layer, not on, on
            for key, word in settings.severities:
                if key in {rule.code, name} and (word == _OFF or not (self._asked.select and layer == 0)):
                    yield _closeness(key, rule, name), layer, word == _OFF, word != _OFF


def _closeness(selector: str, rule: Rule, name: str) -> int:
    """How closely a selector speaks of a rule under one of its names; 0 where it does not."""
    if selector == name:
        return _BY_NAME
    if selector == rule.code:
        return _BY_CODE
    if is_family(selector) and rule.code.startswith(selector):
        return _BY_FAMILY + len(selector) - len(_PREFIX) - 1
    if selector in rule.tags:
        return _BY_TAG
    return _EVERY if selector == ALL or (selector == DEFAULT and rule.enabled) else 0


def is_family(selector: str) -> bool:
    """Whether a selector is the beginning of codes, such as ``MFO4`` or ``MFO40``."""
    digits = selector.removeprefix(_PREFIX)
    return selector.startswith(_PREFIX) and len(digits) in {1, 2} and digits.isdecimal() and digits.isascii()


def rule_names(rules: Iterable[Rule]) -> dict[str, str]:
    """Codes and all names of rules, each with the code that it stands for."""
    return {name: rule.code for rule in rules for name in (rule.code, rule.name, *rule.more_names)}


def selectors(rules: Collection[Rule]) -> tuple[str, ...]:
    """All that ``select`` and ``ignore`` can name: codes, names, families, tags, ``default`` and ``all``."""
    families = sorted({rule.code[:length] for rule in rules for length in (len(_PREFIX) + 1, len(_PREFIX) + 2)})
    tags = sorted({tag for rule in rules for tag in rule.tags})
    return (*rule_names(rules), *families, *tags, DEFAULT, ALL)
