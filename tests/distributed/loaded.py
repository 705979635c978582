"""What commands about pools load, loaded once; a command that is forked after that is there at once."""

import psycopg  # noqa: F401

import mfo_runtime.cli.answer
import mfo_runtime.cli.cancel
import mfo_runtime.cli.resume
import mfo_runtime.cli.running
import mfo_runtime.cli.server
import mfo_runtime.cli.show
import mfo_runtime.cli.status
import mfo_runtime.cli.submit
import mfo_runtime.cli.worker
import mfo_runtime.distributed.here
import mfo_runtime.distributed.status
import mfo_runtime.server  # noqa: F401
