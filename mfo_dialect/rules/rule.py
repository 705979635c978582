"""What a rule is: one mistake, its page, and the function that finds it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, Literal

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Related, Severity, Tag
from mfo_dialect.records import record
from mfo_dialect.rules.select import Selector
from mfo_dialect.text import Span

Offered = tuple[Fix, ...] | Callable[[], tuple[Fix, ...]]
"""Fixes, or what makes them when somebody asks: making them may read the text around, which finding seldom does."""


@record(guarded=False)
class Report:
    """What a rule says of one place; the checker makes a finding of it.

    Attributes:
        document: the key of the text.
        span: where.
        message: what is wrong and what would be right, one sentence without a final period.
        related: other places that matter.
        fixes: ways to mend it, as ``offered`` gives them.
        tags: for editors.
        severity: where one report weighs otherwise than the rule does.
        name: which of the rule's names it is reported under; empty for the first.
        missing: the names that are to be there and are not, where it is about such; what is underlined does not tell them.
    """

    document: str
    span: Span
    message: str
    related: tuple[Related, ...] = ()
    fixes: Offered = ()
    tags: tuple[Tag, ...] = ()
    severity: Severity | None = None
    name: str = ""
    missing: tuple[str, ...] = ()

    def offered(self) -> tuple[Fix, ...]:
        """The ways to mend it, made now."""
        return self.fixes() if callable(self.fixes) else self.fixes


Check = Callable[[Any, Snapshot], Iterable[Report]]


@record(eq=False)
class Rule:
    """One rule; the page stands in the docstring of the module that declares it.

    Attributes:
        code: stable, never used again: ``MFO401``.
        name: what is wrong, as one writes it after "ignore": ``unknown-reference``.
        severity: the one it has where the project file sets none.
        items: what the rule looks at, one item at a time; several selectors where it looks at several kinds of things.
        check: says what is wrong with one item; pure.
        enabled: whether it runs where nobody asks for it.
        more_names: other mistakes that the rule reports under its code.
        topics: what it is good for, as one would select it: ``security``, ``unused``.
        fix: whether its findings can be mended: ``safe`` where at least some can without a question, ``unsafe`` where
            a person must look first, ``none`` where there is nothing to offer.
    """

    code: str
    name: str
    severity: Severity
    items: Selector | tuple[Selector, ...]
    check: Check
    enabled: bool = True
    more_names: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    fix: Literal["none", "unsafe", "safe"] = "none"

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """What the rule looks at."""
        return (self.items,) if isinstance(self.items, Selector) else self.items

    @property
    def tags(self) -> tuple[str, ...]:
        """The rule's family, by the directory that it stands in, and its topics."""
        return (self.check.__module__.split(".")[-2], *self.topics)

    @property
    def page(self) -> str:
        """The rule's page in Markdown: what it finds, why it matters, bad, good, fix.

        A page writes a tab as its sign: in a docstring newer versions of Python turn tabs into spaces.
        """
        return (sys.modules[self.check.__module__].__doc__ or "").strip().replace("␉", "\t") + "\n"

    @property
    def summary(self) -> str:
        """The page's first sentence."""
        return self.page.split("\n", 1)[0].rstrip(".")
