"""What the project file, or a command line on top of it, says of rules: which run, and how much they weigh."""

from __future__ import annotations

from mfo_dialect.records import record


@record
class RuleSettings:
    """Settings as written; ``mfo_dialect/rules/choosing.py`` says what follows from them.

    Attributes:
        select: what is to run, and nothing else: codes, names, the first digits of a family (``MFO4``), tags, ``default``,
            ``all``. Empty where nothing was said.
        ignore: what is not to run, written in the same way.
        severities: pairs of a code or name and a severity word, or ``off``.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: tuple[tuple[str, str], ...] = ()


NOTHING_SAID = RuleSettings()
