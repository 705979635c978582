"""The front of the runtime: load a flow, run it, read what came out. It knows the engine, the tasks and the client.

In short::

    flow = load_flow("examples/orders/workflow_definition.yml")
    async with MfoClient(settings) as client:
        outcome = await flow.run({"order_id": "A-17"}, client)
"""

from mfo_runtime.flow.control import RunControl
from mfo_runtime.flow.keeping import Keeping
from mfo_runtime.flow.loading import Flow, RefusedDocumentError, load_flow
from mfo_runtime.flow.outcome import RunOutcome
from mfo_runtime.flow.refusal import findings_that_refuse
from mfo_runtime.flow.resuming import Resumption, load_run
from mfo_runtime.flow.running import RunOptions, TriggerCall
from mfo_runtime.flow.surroundings import Surroundings

__all__ = [
    "Flow",
    "Keeping",
    "RefusedDocumentError",
    "Resumption",
    "RunControl",
    "RunOptions",
    "RunOutcome",
    "Surroundings",
    "TriggerCall",
    "findings_that_refuse",
    "load_flow",
    "load_run",
]
