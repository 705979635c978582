"""The journal: what happened to every run, on disk before it counts, so that a run can go on where it was broken off.

It knows SQLite and the disk; it knows no engine, no document and no terminal. One thread of a process writes; what waits
together is committed together. A run is executed by one process at a time, which holds its lease; the lease ends with
the process. Secrets do not come here: ``encoding`` puts their names in the place of their values.
"""

from mfo_runtime.journal.connection import Synchronous
from mfo_runtime.journal.contract import RunJournal, RunWriting
from mfo_runtime.journal.encoding import Codec, Hidden, hidden_paths, shown
from mfo_runtime.journal.finding import LATEST, only_run
from mfo_runtime.journal.journal import JOURNAL_FILE, Journal
from mfo_runtime.journal.rows import Definition, Event, Fired, Firing, NewRun, Retention, RunEnd, StoredRun
from mfo_runtime.journal.run_log import RunLog
from mfo_runtime.journal.tables import PROTOCOL

__all__ = [
    "JOURNAL_FILE",
    "LATEST",
    "PROTOCOL",
    "Codec",
    "Definition",
    "Event",
    "Fired",
    "Firing",
    "Hidden",
    "Journal",
    "NewRun",
    "Retention",
    "RunEnd",
    "RunJournal",
    "RunLog",
    "RunWriting",
    "StoredRun",
    "Synchronous",
    "hidden_paths",
    "only_run",
    "shown",
]
