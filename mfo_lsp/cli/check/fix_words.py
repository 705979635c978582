"""How many findings can be mended, and how many were: in words."""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.findings import Finding
from mfo_lsp.cli.check.options import CheckOptions
from mfo_workspace.fixable import count_fixable


def fixable_note(findings: Iterable[Finding], options: CheckOptions) -> str:
    """How many of these findings a run with ``--fix`` would mend, and how many more with ``--unsafe-fixes``."""
    fixable = count_fixable(findings)
    safe, unsafe = fixable.safe, fixable.unsafe
    if options.unsafe_fixes:
        safe, unsafe = safe + unsafe, 0
    if options.fix:
        return f"{counted(unsafe)} can be mended with --unsafe-fixes" if unsafe else ""
    if safe:
        flag = "--fix --unsafe-fixes" if options.unsafe_fixes else "--fix"
        return f"{counted(safe)} can be mended with {flag}{f', {unsafe} more with --unsafe-fixes' if unsafe else ''}"
    return f"{counted(unsafe)} can be mended with --fix --unsafe-fixes" if unsafe else ""


def counted(count: int, word: str = "finding") -> str:
    """A count with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"
