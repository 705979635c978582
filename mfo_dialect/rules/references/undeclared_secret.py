"""A secret or an environment variable is read that the workflow does not declare.

## What it finds

``SECRET.name`` and a trigger's ``secret_ref`` without an entry under ``global_configs.secrets``, and ``ENV.NAME`` that
``global_configs.env`` does not list.

## Why it matters

Nobody knows where the secret would come from, and the run fails when it is read. What a flow may read of the
environment is listed so that it cannot read more.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: http_request
    config:
      url: ${ENV.MAIL_URL}
      #          ^^^^^^^^ MFO411 global_configs.env
      headers: {authorization: "Bearer ${SECRET.mail_token}"}
      #                                         ^^^^^^^^^^ MFO411 global_configs.secrets
```

## Good

```yaml workflow.yml
name: letters
global_configs:
  env: [MAIL_URL]
  secrets:
    mail_token: {env: MAIL_TOKEN}
tasks:
  - id: fetch
    type: http_request
    config:
      url: ${ENV.MAIL_URL}
      headers: {authorization: "Bearer ${SECRET.mail_token}"}
```

## Fix

Declare it; the fix looks for a secret in the environment. Or write the name that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import is_plain_name
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.rules import select
from mfo_dialect.rules.declaring import declare_environment, declare_secret
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.layout import text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span


def check(item: Use | Visit, snapshot: Snapshot) -> Iterator[Report]:
    """Report one reading of a secret or variable that is not declared."""
    if isinstance(item, Visit):
        yield from _check_secret_ref(item, snapshot)
        return
    use = item
    if use.reference.problem or use.flow is None or use.reference.root not in {"SECRET", "ENV"}:
        return
    resolution = snapshot.resolution(use)
    if resolution.outcome is Outcome.ABSENT and resolution.failed_at == 1:
        name, span = use.reference.path[0], use.segment_span(1)
        yield from _report(use.flow.workflow, name, span, snapshot, is_secret=use.reference.root == "SECRET")


def _check_secret_ref(visit: Visit, snapshot: Snapshot) -> Iterator[Report]:
    node = visit.node
    if not (isinstance(visit.type, TextType) and visit.type.names is Names.SECRET and isinstance(node, Scalar)):
        return
    name = node.text.strip().removeprefix("SECRET.")
    if not name or not is_plain_name(node):
        return
    for workflow in _workflows_at(visit.document, node.span, snapshot):
        if name not in workflow.secrets:
            yield from _report(workflow, name, node.content_span, snapshot, is_secret=True)


def _workflows_at(document: str, span: Span, snapshot: Snapshot) -> Iterator[Workflow]:
    for workflow in snapshot.bundle.workflows:
        if workflow.document == document and workflow.root.span.contains(span.start):
            yield workflow
            return


def _report(workflow: Workflow, name: str, span: Span, snapshot: Snapshot, *, is_secret: bool) -> Iterator[Report]:
    if workflow.root.damaged:
        return
    declared = tuple(workflow.secrets if is_secret else workflow.env)
    what, place, told = (
        ("secret", "secrets", "undeclared-secret") if is_secret else ("environment variable", "env", "undeclared-env")
    )

    def fixes() -> tuple[Fix, ...]:
        text = text_of(snapshot, workflow.document)
        edit = (declare_secret if is_secret else declare_environment)(workflow, name, text)
        declare = (Fix(f'Declare the {what} "{name}"', (edit,)),) if edit is not None else ()
        return (*rename_to_nearest(workflow.document, span, name, declared), *declare)

    advice = did_you_mean(name, declared) or f": add it to global_configs.{place}"
    yield Report(workflow.document, span, f'the {what} "{name}" is not declared{advice}', fixes=fixes, name=told)


_ITEMS = (select.lost_uses, select.visits_naming(Names.SECRET))
RULE = Rule("MFO411", "undeclared-secret", Severity.ERROR, _ITEMS, check, more_names=("undeclared-env",), fix="unsafe")
