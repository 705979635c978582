"""Starting a flow as one of its triggers would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.values import AbsentPathError, TooLargeError, follow_path, read_value
from mfo_dialect.catalogue.values import VALUE_MAP
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.references import Reference
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Scalar
from mfo_runtime.errors import InvalidInputError, Place, UnresolvedReferenceError
from mfo_runtime.flow.loading import Flow, absolute_path, readable_text
from mfo_runtime.flow.running import TriggerCall
from mfo_runtime.flow.secrets import secret_texts
from mfo_runtime.json_schema import schema_problem
from mfo_workspace.files import DiskFiles, Files


def target_of(path: str, trigger_id: str, files: Files | None = None) -> str | None:
    """The taskflow that a trigger of a file names; None where it names none, or the file is broken.

    Raises:
        InvalidInputError: the file cannot be read, or has no such trigger.
    """
    absolute = absolute_path(path)
    source = read_source(absolute, readable_text(path, absolute, files or DiskFiles()))
    workflows = [document.model for document in source.documents if isinstance(document.model, Workflow)]
    triggers = {trigger.id.text: trigger for one in workflows for trigger in one.triggers if trigger.id is not None}
    if trigger_id not in triggers and source.tree.problems:
        return None
    if trigger_id not in triggers:
        raise InvalidInputError(f'{path} has no trigger "{trigger_id}"{did_you_mean(trigger_id, triggers)}.')
    target = triggers[trigger_id].target
    return target.text if target is not None else None


def trigger_inputs(
    flow: Flow, trigger_id: str, payload: Any, headers: Mapping[str, str] | None = None
) -> tuple[TriggerCall, dict[str, Any]]:
    """What a trigger gives a run for a payload: TRIGGER, and INPUT by its ``input_mapping``.

    Args:
        flow: the taskflow that it starts.
        trigger_id: the trigger.
        payload: what came with the call.
        headers: those of the call that tasks may read.

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
        message = f"The payload is not what expected_payload_schema asks for: {problem}."
        raise InvalidInputError(message).redacted(text for _, text in secret_texts(payload))
    call = TriggerCall(trigger_id, trigger.type.text if trigger.type is not None else "", payload, headers or {})
    if trigger.input_mapping is None:
        return call, dict(cast("dict[str, Any]", payload)) if isinstance(payload, dict) else {}
    return call, _mapped(trigger.input_mapping, call, flow)


def _mapped(mapping: MappingNode, call: TriggerCall, flow: Flow) -> dict[str, Any]:
    """INPUT as an ``input_mapping`` says; only TRIGGER can be read there."""
    data = call.to_data()

    def lookup(scalar: Scalar, reference: Reference) -> Any:
        written = scalar.text[reference.span.start : reference.span.end]
        problem = reference.problem
        if not problem and reference.root != "TRIGGER":
            problem = "only TRIGGER can be read in an input_mapping of a trigger"
        try:
            if not problem:
                return follow_path(data, reference.path, "TRIGGER")
        except AbsentPathError as error:
            problem = str(error)
        position = flow.bundle.sources[flow.view.document].tree.lines.position(scalar.span_of(reference.span).start)
        place = Place(flow.view.document, position.line + 1, position.column + 1)
        raise UnresolvedReferenceError(f"{written}: {problem}.", place=place)

    try:
        return read_value(mapping, VALUE_MAP, lookup, lambda root: root == "TRIGGER")
    except TooLargeError as error:
        raise InvalidInputError(f"{error}.") from None
