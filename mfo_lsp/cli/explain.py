"""``mfo-lsp explain``: a rule's page."""

from __future__ import annotations

import click

from mfo_dialect.rules import RULES
from mfo_dialect.suggestions import did_you_mean


@click.command("explain")
@click.argument("rule")
def explain_command(rule: str) -> None:
    """Print the page of RULE, given by its code (MFO401) or its name (unknown-reference)."""
    wanted = rule.strip().casefold()
    for known in RULES:
        if wanted in {known.code.casefold(), known.name, *known.more_names}:
            click.echo(f"# {known.code} {known.name} ({known.severity.word})\n\n{known.page}", nl=False)
            return
    names = [name for known in RULES for name in (known.code, known.name, *known.more_names)]
    raise click.UsageError(
        f'there is no rule "{rule}"{did_you_mean(rule.upper() if rule[:3].upper() == "MFO" else wanted, names)}'
    )
