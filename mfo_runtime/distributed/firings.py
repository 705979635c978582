"""What begins runs by itself begins each of them once, however many services look at the same moment."""

from __future__ import annotations

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import firings
from mfo_runtime.journal import Fired, Firing


def fire(database: Database, connection: sa.Connection, firing: Firing, run_id: str) -> Fired | None:
    """Note that a firing begins a run, and give the run that it has begun before, where it has.

    The keys are written before they are looked at: of several services that do so at once, one comes first.
    """
    rows: list[dict[str, object]] = [
        {"source": firing.source, "key": key, "run": run_id, "digest": firing.digest, "time": firing.time}
        for key in sorted(set(firing.keys))  # in one order, so that no two services wait for each other
    ]
    if not rows:
        return None
    connection.execute(database.add_once(firings, rows))
    known = sa.select(firings.c.run, firings.c.digest).where(
        firings.c.source == firing.source, firings.c.key.in_(firing.keys), firings.c.run != run_id
    )
    row = connection.execute(known).first()
    if row is None:
        return None
    connection.execute(sa.delete(firings).where(firings.c.source == firing.source, firings.c.run == run_id))
    return Fired(str(row.run), row.digest == firing.digest)
