"""Trying flows without their servers: runs that are recorded on cassettes and had again from them, and tests of flows."""

from mfo_runtime.testing.cassette_files import read_cassette_file, write_cassette_file
from mfo_runtime.testing.takes import Take, recording_take, replaying_take

__all__ = ["Take", "read_cassette_file", "recording_take", "replaying_take", "write_cassette_file"]
