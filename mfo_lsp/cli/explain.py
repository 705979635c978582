"""``mfo-lsp explain``: a rule's page."""

from __future__ import annotations

import click

from mfo_lsp.cli.rule_arguments import complete_rule, read_rule


@click.command("explain")
@click.argument("rule", callback=read_rule, shell_complete=complete_rule)
def explain_command(rule: str) -> None:
    """Print the page of RULE, given by its code (MFO401) or one of its names (unknown-reference)."""
    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the rules are slow to import

    known = next(one for one in RULES if one.code == rule)
    click.echo(f"# {known.code} {known.name} ({known.severity.word})\n\n{known.page}".encode(), nl=False)
