"""Rules as people name them on the command line: checked, suggested, and completed by the shell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from mfo_dialect.findings import SEVERITIES
from mfo_dialect.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_MANY = 3
_PAIR = "write RULE=LEVEL, such as MFO404=error"


def read_selectors(context: click.Context, parameter: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Lists of codes, names, families and tags with commas between them, as settings write them.

    Raises:
        click.BadParameter: there is no such rule, family or tag; with a suggestion.
    """
    known = {name.casefold(): name for name in _selectors()} if values else {}
    found: list[str] = []
    for written in _items(context, parameter, values, "write codes, names, families or tags of rules"):
        if written.casefold() not in known:
            near = did_you_mean(_spelt(written), _selectors())
            raise click.BadParameter(f'there is no rule, family or tag "{written}"{near}', context, parameter)
        found.append(known[written.casefold()])
    return tuple(found)


def read_severities(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Lists of ``RULE=LEVEL`` with commas between them, as settings write them.

    Raises:
        click.BadParameter: there is no such rule or level; with a suggestion.
    """
    known = {name.casefold(): name for name in _names()} if values else {}
    found: list[tuple[str, str]] = []
    for written in _items(context, parameter, values, _PAIR):
        name, equals, level = (part.strip() for part in written.partition("="))
        if not equals:
            raise click.BadParameter(f'"{written}" sets no level: {_PAIR}', context, parameter)
        if name.casefold() not in known:
            near = did_you_mean(_spelt(name), _names())
            raise click.BadParameter(f'there is no rule "{name}"{near}', context, parameter)
        if level.casefold() not in SEVERITIES:
            near = did_you_mean(level.casefold(), SEVERITIES) or f"; it is one of {', '.join(SEVERITIES)}"
            raise click.BadParameter(f'there is no level "{level}"{near}', context, parameter)
        found.append((known[name.casefold()], level.casefold()))
    return tuple(found)


def read_rule(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """The code of a rule that is given by its code or one of its names.

    Raises:
        click.UsageError: there is no such rule; with suggestions.
    """
    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the rules are slow to import
    from mfo_dialect.rules.choosing import rule_names  # noqa: PLC0415 - as above

    codes = rule_names(RULES)
    known = {name.casefold(): code for name, code in codes.items()}
    if value.strip().casefold() in known:
        return known[value.strip().casefold()]
    near = nearest(_spelt(value.strip()), codes, _MANY)
    raise click.UsageError(f'there is no rule "{value}"{f"; did you mean {_either(near)}?" if near else ""}')


def complete_selectors(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ways to go on with the last item of a list of rules, families and tags."""
    before, comma, last = incomplete.rpartition(",")
    return _completed(before + comma, last, _selectors())


def complete_severities(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ways to go on with the rule, then with the level, of the last item of a list."""
    before, comma, last = incomplete.rpartition(",")
    name, equals, level = last.partition("=")
    if not equals:
        return _completed(before + comma, last, _names(), "=")
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - few runs complete anything

    begun = f"{before}{comma}{name}="
    return [CompletionItem(begun + one) for one in SEVERITIES if one.startswith(level.casefold())]


def complete_rule(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ways to go on with a code or a name."""
    return _completed("", incomplete, _names())


def _either(names: list[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _items(context: click.Context, parameter: click.Parameter, values: Iterable[str], wanted: str) -> Iterator[str]:
    for value in values:
        items = [item.strip() for item in value.split(",") if item.strip()]
        if not items:
            raise click.BadParameter(f"it names no rule: {wanted}", context, parameter)
        yield from items


def _spelt(written: str) -> str:
    """A wrong name in the case of what it may have meant: codes are written in capitals, names are not."""
    return written.upper() if written[:3].casefold() == "mfo" else written.casefold()


def _selectors() -> tuple[str, ...]:
    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the rules are slow to import
    from mfo_dialect.rules.choosing import selectors  # noqa: PLC0415 - as above

    return selectors(RULES)


def _names() -> tuple[str, ...]:
    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the rules are slow to import
    from mfo_dialect.rules.choosing import rule_names  # noqa: PLC0415 - as above

    return tuple(rule_names(RULES))


def _completed(before: str, begun: str, names: Iterable[str], after: str = "") -> list[CompletionItem]:
    """Names that go on as somebody began, each with what it finds as its help."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - few runs complete anything

    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the rules are slow to import

    finds = {name: rule.summary for rule in RULES for name in (rule.code, rule.name, *rule.more_names)}
    going_on = [name for name in names if name.casefold().startswith(begun.casefold())]
    return [CompletionItem(f"{before}{name}{after}", help=finds.get(name)) for name in going_on]
