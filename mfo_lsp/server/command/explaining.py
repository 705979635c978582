"""``mfo.explainRule``: a rule's page."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import rule_names
from mfo_dialect.suggestions import did_you_mean
from mfo_lsp.server.command.arguments import INVALID, read_map
from mfo_lsp.server.host import Server
from mfo_lsp.server.protocol import RefusedError

EXPLAIN_RULE = "mfo.explainRule"


async def explain_rule(_server: Server, arguments: Sequence[object], _token: types.ProgressToken | None) -> object:
    """``code``, ``name``, ``severity`` and ``page``, in Markdown, of the rule with a code or a name.

    Raises:
        RefusedError: there is no such rule.
    """
    said = read_map(EXPLAIN_RULE, arguments, "{code}").get("code")
    if not isinstance(said, str):
        raise RefusedError(f"{EXPLAIN_RULE} takes one argument: {{code}}", INVALID)
    codes = rule_names(RULES)
    code = next((found for name, found in codes.items() if name.casefold() == said.strip().casefold()), None)
    if code is None:
        raise RefusedError(f'there is no rule "{said}"{did_you_mean(said, codes)}', INVALID)
    rule = next(one for one in RULES if one.code == code)
    page = f"# {rule.code} {rule.name} ({rule.severity.word})\n\n{rule.page}"
    return {"code": rule.code, "name": rule.name, "severity": rule.severity.word, "page": page}
