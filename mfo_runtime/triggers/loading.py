"""From files and folders to the triggers that are served, each with the flow that it starts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.webhooks import Route, served_at
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Trigger, Workflow
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import Flow, RefusedDocumentError
from mfo_runtime.flow.loading import absolute_path, flow_of_bundle, readable_text
from mfo_runtime.flow.secrets import Secrets
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import DiskFiles
from mfo_workspace.walking import walk_yaml

BY_HAND = frozenset({"manual", "user_input"})
EVENTS_PATH = "/events"
"""Where the MFO server pushes events to."""

_OWN_PATHS = ("/api", "/healthz", EVENTS_PATH)


@dataclass(frozen=True, slots=True, eq=False)
class ServedTrigger:
    """A trigger that is in force.

    Attributes:
        id: its id.
        type: webhook, schedule, manual, user_input or event.
        flow: what it starts.
        trigger: as it is written.
        route: the method and path of a webhook or of a call by hand; None for others.
        secret: what requests must be signed with; None where none is named.
    """

    id: str
    type: str
    flow: Flow
    trigger: Trigger
    route: Route | None
    secret: str | None = field(default=None, repr=False)

    @property
    def document(self) -> str:
        """The document that it stands in."""
        return self.flow.view.document

    @property
    def source(self) -> str:
        """What the journal knows it by."""
        return f"{self.document}#{self.id}"

    def text(self, key: str) -> str | None:
        """A text of its config."""
        config = self.trigger.config
        scalar = text_at(config, key) if config is not None else None
        return scalar.text if scalar is not None else None


def load_triggers(paths: Iterable[str], environment: Mapping[str, str] | None = None) -> tuple[ServedTrigger, ...]:
    """The enabled triggers of workflow documents.

    Args:
        paths: documents, and folders that are looked through for some.
        environment: what secrets are read from; the process's own where it is None.

    Raises:
        RefusedDocumentError: a flow that a trigger starts has errors.
        FlowRefusedError: a flow asks for what this version does not run.
        InvalidInputError: there is no trigger, two are served at one address, or a secret is not to be found.
    """
    found: dict[str, ServedTrigger] = {}
    for bundle, document in _documents(paths):
        for trigger in _served_triggers(bundle, document, os.environ if environment is None else environment):
            found.setdefault(trigger.source, trigger)
    if not found:
        raise InvalidInputError(
            f"There is no trigger that is enabled in {', '.join(paths)}.", hint="Name a workflow that has triggers."
        )
    _check_addresses(found.values())
    return tuple(found.values())


def _documents(paths: Iterable[str]) -> Iterator[tuple[Bundle, str]]:
    files = DiskFiles()
    for path in paths:
        absolute = absolute_path(path)
        if not Path(absolute).is_dir():
            readable_text(path, absolute, files)
            yield load_bundle(str(PurePosixPath(absolute).parent), files), absolute
            continue
        bundles: dict[str, Bundle] = {}
        for file in walk_yaml(Path(absolute)):
            folder = str(PurePosixPath(file).parent)
            if folder not in bundles:
                bundles[folder] = load_bundle(folder, files)
            yield bundles[folder], file


def _served_triggers(bundle: Bundle, document: str, environment: Mapping[str, str]) -> Iterator[ServedTrigger]:
    flows: dict[str | None, Flow] = {}
    for workflow in bundle.workflows:
        if workflow.document != document:
            continue
        secrets = Secrets(workflow, environment)
        for trigger in workflow.triggers:
            if not trigger.enabled or trigger.id is None or trigger.type is None:
                continue
            target = trigger.target.text if trigger.target is not None else None
            if target not in flows:
                flows[target] = _running_flow(bundle, workflow, target)
            yield _served(trigger, trigger.id.text, trigger.type.text, flows[target], secrets)


def _running_flow(bundle: Bundle, workflow: Workflow, target: str | None) -> Flow:
    flow = flow_of_bundle(bundle, workflow.document, target)
    if flow.findings:
        raise RefusedDocumentError(flow.findings, flow.bundle)
    flow.refuse_errors()
    return flow


def _served(trigger: Trigger, name: str, kind: str, flow: Flow, secrets: Secrets) -> ServedTrigger:
    if kind in BY_HAND:
        return ServedTrigger(name, kind, flow, trigger, ("POST", f"/api/trigger/{name}"))
    address = served_at(trigger)
    if address is None:
        return ServedTrigger(name, kind, flow, trigger, None)
    named = text_at(trigger.config, "secret_ref") if trigger.config is not None else None
    secret = secrets.get(named.text.strip().removeprefix("SECRET.")) if named is not None else None
    return ServedTrigger(name, kind, flow, trigger, address[0], secret)


def _check_addresses(triggers: Iterable[ServedTrigger]) -> None:
    """Refuse two triggers at one address, and webhooks at the service's own addresses."""
    routed = [(trigger, trigger.route) for trigger in triggers if trigger.route is not None]
    for trigger, (_, path) in routed:
        if trigger.type == "webhook" and any(path == own or path.startswith(f"{own}/") for own in _OWN_PATHS):
            raise InvalidInputError(
                f'The webhook "{trigger.id}" asks for {path}, which is the service\'s own.',
                hint="Give it another path.",
            )
    (route, count), *_ = Counter(route for _, route in routed).most_common(1) or [(("", ""), 0)]
    if count > 1:
        first, second, *_ = [trigger for trigger, taken in routed if taken == route]
        raise InvalidInputError(
            f"{' '.join(route)} is that of two triggers: {first.source} and {second.source}.",
            hint="Give one of them another address, or serve them by two services.",
        )
