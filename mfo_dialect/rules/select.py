"""What rules look at: which kinds of parts, and the items that one part of them gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mfo_dialect.analysis import expression_texts as of_expressions
from mfo_dialect.analysis import node_reads as of_reads
from mfo_dialect.analysis import template_texts as of_templates
from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.chats import CHAT
from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.analysis.node_reads import NodeRead
from mfo_dialect.analysis.parts import WRITTEN, Part
from mfo_dialect.analysis.reads import plainly_ran_before
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import TemplateText
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, Names, TextType, ValueType
from mfo_dialect.model.prompts import Agent, PromptTemplate
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.records import record

Concerns = Callable[[ValueType, Key | None], bool]


@record(eq=False)
class Selector:
    """What a rule looks at, one item at a time.

    Attributes:
        parts: the kinds of parts that may have such items.
        items: the items of one part of these kinds; looks at that part, and asks for others by name only.
        concerns: of a selector of declared values, whether it is about those with a declaration; else None.
        is_doubtful: whether all items come of the part's doubtful values (``doubtful_values``), so that a part without has none.
        types: the types of tasks, by their present names, that alone have such items, and an empty text where other nodes may
            have some; nothing where all nodes may.
    """

    parts: tuple[type, ...]
    items: Callable[[Any, Snapshot], Iterable[Any]]
    concerns: Concerns | None = None
    is_doubtful: bool = False
    types: tuple[str, ...] = ()


def of(*kinds: type) -> Selector:
    """A selector of whole parts, of one kind or several."""
    return Selector(kinds, _itself)


def _itself(part: Part, _snapshot: Snapshot) -> tuple[Part]:
    return (part,)


def visits_where(concerns: Concerns) -> Selector:
    """A selector of the values whose declarations are of a kind.

    Args:
        concerns: whether a declaration is of that kind: what a value may be, and the key that it stands under; pure.
    """

    def items(part: Part, snapshot: Snapshot) -> Iterator[Visit]:
        return (visit for visit in snapshot.visits_of(part) if concerns(visit.type, visit.key))

    return Selector(WRITTEN, items, concerns)


def visits_naming(*names: Names) -> Selector:
    """A selector of the texts that name something."""
    return visits_where(lambda declared, _: isinstance(declared, TextType) and declared.names in names)


def _uses(part: Part, snapshot: Snapshot) -> Iterable[Use]:
    return snapshot.uses_of(part)


def tasks_of_type(*names: str) -> Selector:
    """A selector of the tasks of some types, by their present names."""

    def items(view: NodeView, _snapshot: Snapshot) -> tuple[NodeView, ...]:
        return (view,) if view.type_name in names else ()

    return Selector((NodeView,), items, types=names)


def _subflows(view: NodeView, _snapshot: Snapshot) -> tuple[NodeView, ...]:
    return (view,) if isinstance(view.node, Subflow) else ()


def _lost_uses(part: Part, snapshot: Snapshot) -> list[Use]:
    return [
        use
        for use in snapshot.uses_of(part)
        if use.reference.problem or snapshot.resolution(use).outcome not in _LEADING_SOMEWHERE
    ]


_LEADING_SOMEWHERE = (Outcome.KNOWN, Outcome.UNKNOWN)


def _expressions(view: NodeView, snapshot: Snapshot) -> Iterable[ExpressionText]:
    return of_expressions.expression_texts_of(view, snapshot)


def _unsure_reads(view: NodeView, snapshot: Snapshot) -> list[NodeRead]:
    return [one for one in of_reads.node_reads_of(view, snapshot) if not plainly_ran_before(one.reader, one.producer)]


def _template_texts(part: Part, snapshot: Snapshot) -> Iterable[TemplateText]:
    return of_templates.template_texts_of(part, snapshot)


sources = of(Source)
"""The texts that hold an MFO document."""

documents = of(Document)
"""The MFO documents."""

flows = of(FlowView)
"""The taskflows."""

levels = of(LevelView)
"""The levels of all taskflows."""

nodes = of(NodeView)
"""The nodes of all taskflows."""

triggers = of(TriggerView)
"""The triggers."""

templates = of(PromptTemplate)
"""The prompt templates, doubles included."""

agents = of(Agent)
"""The agents, doubles included."""

whole_bundle = of(Bundle)
"""The bundle itself, once."""

chats = tasks_of_type(CHAT)
"""The chat tasks."""

uses = Selector((FlowView, NodeView, TriggerView), _uses)
"""The references."""

lost_uses = Selector((FlowView, NodeView, TriggerView), _lost_uses)
"""The references that are no paths, or lead nowhere."""

uses_of_triggers = Selector((TriggerView,), _uses)
"""The references in the mappings of triggers."""

subflows = Selector((NodeView,), _subflows, types=("",))
"""The subflows of all taskflows."""

expressions = Selector((NodeView,), _expressions, types=("", "transform"))
"""The expressions of conditions and transforms."""

unsure_reads = Selector((NodeView,), _unsure_reads)
"""The places where a node reads another one that does not plainly run before it."""

template_texts = Selector(WRITTEN, _template_texts)
"""The texts that are templates."""
