"""What comes before a run begins, be it executed here or by a worker: the workflow is read, and what starts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mfo_dialect.analysis.schemas import schema_data
from mfo_runtime.cli.data_files import read_data, read_inputs
from mfo_runtime.cli.findings import outcome_of
from mfo_runtime.cli.run_words import tell_findings, tell_refusal
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import Flow, RefusedDocumentError, TriggerCall, load_flow
from mfo_runtime.flow.trigger import target_of, trigger_inputs


@dataclass(frozen=True, slots=True)
class Given:
    """What a run is begun with, as the command line has it.

    Attributes:
        inputs_file: the file with all inputs.
        pairs: single inputs, ``name=value``.
        trigger_id: the trigger as which the run starts.
        payload: the file with its payload.
    """

    inputs_file: str | None
    pairs: tuple[str, ...]
    trigger_id: str | None
    payload: str | None


def flow_to_run(file: str, taskflow: str | None, trigger_id: str | None, *, as_json: bool) -> Flow | int:
    """The taskflow that is to be run; an exit status where it has errors, which are told by then.

    Raises:
        InvalidInputError: the file cannot be read, or has no such taskflow or trigger.
    """
    try:
        flow = load_flow(file, taskflow or (target_of(file, trigger_id) if trigger_id is not None else None))
    except RefusedDocumentError as refused:
        return tell_findings(outcome_of(refused.findings, refused.bundle), as_json=as_json)
    refused_with = tell_refusal(flow, as_json=as_json)
    return flow if refused_with is None else refused_with


def read_given(flow: Flow, given: Given) -> tuple[dict[str, Any], TriggerCall | None]:
    """INPUT, and what started the run; single inputs go before those of the trigger.

    Raises:
        InvalidInputError: they cannot be read, or are not what the trigger asks for.
    """
    inputs = read_inputs(given.inputs_file, given.pairs, schema_data(flow.view.taskflow.input_schema, flow.bundle))
    if given.trigger_id is not None:
        payload = read_data(given.payload) if given.payload is not None else None
        call, mapped = trigger_inputs(flow, given.trigger_id, payload)
        return {**mapped, **inputs}, call
    if given.payload is not None:
        raise InvalidInputError("A payload is a trigger's.", hint="Name the trigger with --trigger.")
    return inputs, None
