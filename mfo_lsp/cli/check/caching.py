"""Where a run of ``check`` remembers what it found, unless somebody asks it not to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mfo_dialect.findings import Severity
from mfo_lsp.cli.check.options import CheckOptions

if TYPE_CHECKING:
    from mfo_workspace.cache.store import CheckCache


def cache_for(options: CheckOptions) -> CheckCache | None:
    """The cache of checks with these options; None where there is to be none."""
    if options.no_cache:
        return None
    from mfo_workspace.cache.fingerprint import checker_fingerprint  # noqa: PLC0415 - a check need not remember
    from mfo_workspace.cache.store import CheckCache  # noqa: PLC0415 - as above
    from mfo_workspace.data_folder import cache_folder  # noqa: PLC0415 - as above

    try:
        folder = cache_folder(options.cache_dir, os.environ, Path.cwd())
    except OSError:  # no current directory
        return None
    settings = f"{options.rule_settings!r}{'' if shows_hints(options) else ' without hints'}"
    return CheckCache(folder, checker_fingerprint(), settings)


def shows_hints(options: CheckOptions) -> bool:
    """Whether anybody learns of hints where nothing else is found."""
    told = options.hints or options.statistics or options.fail_level == Severity.HINT.word
    asked = options.output or options.baseline or options.update_baseline
    return bool(told or asked or options.format_name not in {"text", "concise"})
