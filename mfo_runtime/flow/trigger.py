"""Starting a flow as one of its triggers would."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.values import AbsentPathError, follow_path, read_value
from mfo_dialect.catalogue.values import VALUE_MAP
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.references import Reference
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar
from mfo_runtime.errors import InvalidInputError, Place, UnresolvedReferenceError
from mfo_runtime.flow.loading import Flow
from mfo_runtime.flow.running import TriggerCall
from mfo_runtime.tasks.json_schema import schema_problem
from mfo_workspace.files import DiskFiles, UnreadableFileError


def target_of(path: str, trigger_id: str) -> str | None:
    """The taskflow that a trigger of a file names; None where it names none.

    Raises:
        InvalidInputError: the file has no such trigger.
    """
    try:
        source = read_source(path, DiskFiles().read(Path(path).resolve().as_posix()))
    except UnreadableFileError as error:
        raise InvalidInputError(f"{path}: {error.reason}.") from None
    workflows = [document.model for document in source.documents if isinstance(document.model, Workflow)]
    triggers = {trigger.id.text: trigger for one in workflows for trigger in one.triggers if trigger.id is not None}
    if trigger_id not in triggers:
        raise InvalidInputError(f'{path} has no trigger "{trigger_id}"{did_you_mean(trigger_id, triggers)}.')
    target = triggers[trigger_id].target
    return target.text if target is not None else None


def trigger_inputs(flow: Flow, trigger_id: str, payload: Any) -> tuple[TriggerCall, dict[str, Any]]:
    """What a trigger gives a run for a payload: TRIGGER, and INPUT by its ``input_mapping``.

    Raises:
        InvalidInputError: there is no such trigger, or the payload is not what its schema asks for.
        UnresolvedReferenceError: the mapping reads what the payload does not have.
    """
    trigger = flow.trigger(trigger_id)
    if trigger is None:
        raise InvalidInputError(f'No trigger "{trigger_id}" starts "{flow.name}".')
    schema = trigger.config.get("expected_payload_schema") if trigger.config is not None else None
    problem = schema_problem(payload, schema_data(schema, flow.bundle))
    if problem:
        raise InvalidInputError(f"The payload is not what expected_payload_schema asks for: {problem}.")
    call = TriggerCall(trigger_id, trigger.type.text if trigger.type is not None else "", payload)
    data = call.to_data()

    def lookup(scalar: Scalar, reference: Reference) -> Any:
        try:
            return follow_path(data, reference.path, "TRIGGER")
        except AbsentPathError as error:
            position = flow.bundle.sources[flow.view.document].tree.lines.position(scalar.span.start)
            place = Place(flow.view.document, position.line + 1, position.column + 1)
            raise UnresolvedReferenceError(f"{reference}: {error}", place=place) from None

    if trigger.input_mapping is None:
        return call, dict(cast("dict[str, Any]", payload)) if isinstance(payload, dict) else {}
    mapped: dict[str, Any] = read_value(trigger.input_mapping, VALUE_MAP, lookup, lambda root: root == "TRIGGER")
    return call, mapped
