"""``mfo`` of a version that replays runs otherwise."""

from __future__ import annotations

from mfo_runtime.cli.commands import main
from mfo_runtime.distributed import journal, membership, worker, workflows

if __name__ == "__main__":
    other = journal.PROTOCOL + 1
    journal.PROTOCOL = membership.PROTOCOL = other
    workflows.VERSION = worker.VERSION = f"mfo-replay-{other}"
    main()
