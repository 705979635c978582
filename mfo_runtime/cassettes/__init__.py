"""Cassettes: what a run and its servers said to each other, kept in a file, so that the run can be had again offline.

A recording stands between a run and its HTTP clients and keeps each exchange; a replay stands in the same place and asks
nobody. It knows HTTP and errors; it knows no flow, no engine and no disk. Secrets do not come into a cassette.
"""

from mfo_runtime.cassettes.asking import ASKING_TASK, ASKING_TRY
from mfo_runtime.cassettes.cassette import (
    VERSION,
    Cassette,
    CassetteError,
    Exchange,
    is_cassette,
    read_cassette,
    written_cassette,
)
from mfo_runtime.cassettes.matching import Request, request_of
from mfo_runtime.cassettes.recording import RecordingHttp, Tape
from mfo_runtime.cassettes.redaction import Redactor, stand_in
from mfo_runtime.cassettes.replaying import Replay, ReplayingHttp

__all__ = [
    "ASKING_TASK",
    "ASKING_TRY",
    "VERSION",
    "Cassette",
    "CassetteError",
    "Exchange",
    "RecordingHttp",
    "Redactor",
    "Replay",
    "ReplayingHttp",
    "Request",
    "Tape",
    "is_cassette",
    "read_cassette",
    "request_of",
    "stand_in",
    "written_cassette",
]
