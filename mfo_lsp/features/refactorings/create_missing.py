"""What a name asks for and nobody declares, created with as little as it needs (dialect sections 3, 6, 8 and 9).

Prompt templates, error templates, secrets and custom task types are created by the fixes of the rules that miss them.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import is_plain_name
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.model.access import mapping_at
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.references import RESERVED_ROOTS
from mfo_dialect.rules.fixes import add_dependency, quoted
from mfo_dialect.syntax import Mapping, Node, Scalar
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.blocks import with_items
from mfo_lsp.features.refactorings.documents import with_entry, with_pair
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.levels import address_of, level_at, mapping_of, nodes_at
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection, Texts
from mfo_lsp.features.rename.names import name_problem
from mfo_lsp.features.symbols import SymbolKind
from mfo_lsp.features.targets import use_at, value_visit_at

_AGENT_TOOL = "agent:"
_NO_PLACE = Obstacle("There is no clear place for it in the document.")
_AGENT = "description: Say what the agent does.\nobjectives: [Say what it is to reach.]"
_TOOL = "description: Say what the tool does.\nparameters: {type: object, properties: {}}"


def create_missing(selection: Selection) -> Iterator[Offer]:
    """Offer to create what the name at the cursor does not find."""
    yield from _node_of_edge(selection)
    yield from _of_reference(selection)
    yield from _of_name(selection)


def _node_of_edge(selection: Selection) -> Iterator[Offer]:
    for view in nodes_at(selection, selection.span.start):
        for item in (*view.node.dependencies, *view.node.successors):
            if selection.touches(item.span) and item.text not in view.flow.by_id:
                yield _node_offer(selection, item.text, view.level, "result", None)


def _node_offer(selection: Selection, name: str, level: LevelView, output: str, reader: NodeView | None) -> Offer:
    return Offer(
        f'Create the task "{name}"',
        ActionKind.QUICK_FIX,
        lambda: _with_node(selection.snapshot, name, level, output, reader),
        name_problem(name, SymbolKind.NODE),
    )


def _with_node(
    snapshot: Snapshot, name: str, level: LevelView, output: str, reader: NodeView | None
) -> Texts | Obstacle:
    """A task that gives nothing yet, before the node that reads it."""
    draft, address = Draft(snapshot), address_of(level, snapshot)
    lines = f"- id: {quoted(name)}\n  type: transform\n  config:\n    values:\n      {quoted(output)}: nil"
    added = with_items(address.document, mapping_of(level), "tasks", lines, draft.text(address.document))
    if added is None:
        return _NO_PLACE
    draft.apply([added])
    if reader is not None:
        now = level_at(address, draft.snapshot).by_id[reader.id]
        fix = add_dependency(address.document, now.node.mapping, name, draft.text(address.document))
        if fix is None:
            return _NO_PLACE
        draft.apply(fix.edits)
    return draft.texts


def _of_reference(selection: Selection) -> Iterator[Offer]:
    found = use_at(selection.snapshot, selection.document, selection.span.start)
    if found is None or found[0].reference.problem or found[0].level is None:
        return
    use, level = found[0], found[0].level
    names = [segment.name for segment in use.reference.segments]
    outcome = selection.snapshot.resolution(use).outcome
    if outcome is Outcome.UNKNOWN_ROOT and names[0] not in RESERVED_ROOTS and use.node is not None and len(names) > 1:
        yield _node_offer(selection, names[0], level, names[1], use.node)
    if outcome is Outcome.ABSENT and names[0] == "INPUT" and len(names) > 1:
        yield from _input_offer(selection, names[1], level)


def _input_offer(selection: Selection, name: str, level: LevelView) -> Iterator[Offer]:
    schema = _schema_of(level, selection.snapshot)
    if schema is not None:
        document, mapping = schema
        yield Offer(
            f'Add "{name}" to the input_schema',
            ActionKind.QUICK_FIX,
            lambda: _with_input(selection.snapshot, name, document, mapping),
            "" if document in selection.snapshot.bundle.home else "The schema stands outside of this bundle.",
        )


def _schema_of(level: LevelView, snapshot: Snapshot) -> tuple[str, Mapping] | None:
    """The schema of INPUT on a level, as it is written, and its document."""
    owner: LevelView | None = level
    node: Node | None = None
    while owner is not None and node is None:
        around = owner.owner
        subflow = around.node if around is not None else None
        node = subflow.input_schema if isinstance(subflow, Subflow) else level.flow.taskflow.input_schema
        owner = around.level if around is not None else None
    if isinstance(node, Scalar):
        declared = snapshot.bundle.schemas.get(node.text)
        return (declared.document, declared.node) if declared and isinstance(declared.node, Mapping) else None
    return (level.flow.document, node) if isinstance(node, Mapping) else None


def _with_input(snapshot: Snapshot, name: str, document: str, schema: Mapping) -> Texts | Obstacle:
    draft = Draft(snapshot)
    text, properties = draft.text(document), mapping_at(schema, "properties")
    if properties is not None:
        edit = with_pair(document, properties, quoted(name), "{}", text)
    elif "properties" in schema:
        edit = None
    else:
        edit = with_pair(document, schema, "properties", f"{{{quoted(name)}: {{}}}}", text)
    if edit is None:
        return _NO_PLACE
    draft.apply([edit])
    return draft.texts


def _of_name(selection: Selection) -> Iterator[Offer]:
    snapshot = selection.snapshot
    visit = value_visit_at(snapshot, selection.document, selection.span.start)
    node = visit.node if visit is not None else None
    names = visit.type.names if visit is not None and isinstance(visit.type, TextType) else None
    if not isinstance(node, Scalar) or not node.text.strip() or not is_plain_name(node):
        return
    name = node.text.strip()
    if names is Names.TOOL and name.startswith(_AGENT_TOOL):
        name, names = name[len(_AGENT_TOOL) :], Names.AGENT
    is_own_id = visit is not None and visit.key is not None and visit.key.name == "id"
    bundle = snapshot.bundle
    if names is Names.AGENT and not is_own_id and name not in bundle.agents and bundle.is_complete:
        yield _entry_offer(selection, "agent", name, (DocumentKind.AGENTS, "agents", _AGENT))
    is_choice = visit is not None and visit.key is not None and visit.key.name == "tool_choice"
    if names is Names.TOOL and not is_choice and name not in bundle.tools and bundle.is_complete:
        yield _entry_offer(selection, "tool", name, (DocumentKind.PROMPTS, "tools", _TOOL))


def _entry_offer(selection: Selection, what: str, name: str, entry: tuple[DocumentKind, str, str]) -> Offer:
    def change() -> Texts | Obstacle:
        draft, (kind, section, value) = Draft(selection.snapshot), entry
        edit = with_entry(draft, selection.document, kind, section, (name, value))
        if edit is None:
            return _NO_PLACE
        draft.apply([edit])
        return draft.texts

    kinds = {"agent": SymbolKind.AGENT, "tool": SymbolKind.TOOL}
    obstacle = name_problem(name, kinds[what])
    if what == "tool" and not selection.snapshot.bundle.prompts:
        obstacle = "Tools are declared in a prompts document, and this bundle has none."
    return Offer(f'Create the {what} "{name}"', ActionKind.QUICK_FIX, change, obstacle)
