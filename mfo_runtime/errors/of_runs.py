"""What goes wrong with a run as a whole."""

from __future__ import annotations

from mfo_runtime.errors.failure import MfoError


class RunError(MfoError):
    """The run as a whole cannot start or go on."""


class RunTimeoutError(RunError):
    """The flow took longer than its timeout."""

    code = "run_timeout"
    default_hint = "Give the flow a longer config.timeout."


class RunCancelledError(RunError):
    """Somebody stopped the run."""

    code = "cancelled"


class InvalidInputError(RunError):
    """Inputs or settings are not what is asked for."""

    code = "invalid_input"
    default_hint = "Correct the value."


class FlowRefusedError(RunError):
    """The flow has errors, so that it does not start."""

    code = "flow_refused"
    default_hint = "Correct what mfo-lsp check reports."


class JournalError(RunError):
    """The journal cannot be opened, read or written."""

    code = "journal"
    default_hint = "Make room or mend the folder, or run with --no-journal."


class RunHeldError(RunError):
    """Another process is executing the run."""

    code = "run_held"
    default_hint = "Wait until it ends, or stop that process."


class NotRecordedError(RunError):
    """A replay came to a request that is not on its cassette."""

    code = "not_recorded"
    default_hint = "Give the same inputs as when it was recorded, or record it anew with mfo run --record."


class NotResumableError(RunError):
    """The run cannot go on: it has ended well, or this version cannot replay it."""

    code = "not_resumable"
    default_hint = "Start a new run."
