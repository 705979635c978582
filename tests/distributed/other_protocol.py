"""``mfo`` of a version that replays runs otherwise."""

from __future__ import annotations

import mfo_runtime.journal

if __name__ == "__main__":
    mfo_runtime.journal.PROTOCOL += 1  # before anything of workers is loaded
    from mfo_runtime.cli.commands import main

    main()
