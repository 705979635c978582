"""One machine's engine, driven as a worker is: it goes on with what its journal has, until all flows of a folder have ended.

python -m tests.distributed.alone FOLDER URL JOURNAL
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow import Keeping, RunOptions, load_flow, load_run
from mfo_runtime.journal import Journal

from .pool import NOWHERE


async def run_all(flows: list[Path], url: str, journal: Journal) -> None:
    known = {run.id: run for run in journal.runs()}
    async with MfoClient(ClientSettings(base_url=NOWHERE)) as client:

        async def one(path: Path) -> None:
            name = path.parent.name
            if name not in known:
                await load_flow(str(path)).run({"url": url}, client, RunOptions(run_id=name, keeping=Keeping(journal)))
            elif known[name].state == "running":
                await load_run(journal, name).go_on(client, RunOptions())

        await asyncio.gather(*map(one, flows))


def main() -> None:
    folder, url, home = sys.argv[1:]
    with Journal(Path(home)) as journal:
        sys.stderr.write(f"working on {folder}\n")
        sys.stderr.flush()
        asyncio.run(run_all(sorted(Path(folder).glob("*/*.yml")), url, journal))


if __name__ == "__main__":
    main()
