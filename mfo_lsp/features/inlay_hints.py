"""Words that an editor shows between those of a document: types, branches, schedules, templates. Places are offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.parts_at import parts_between
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Format, Names, TextType
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Condition
from mfo_dialect.shapes import Kind, Shape
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.features.schedules import schedule_words, timezone_of

_MAX_WORDS = 60
_BOOLEAN = ("true", "false")
_TITLED = frozenset({Names.PROMPT_TEMPLATE, Names.AGENT})


class HintKind(Enum):
    """What a hint tells; each kind can be turned off."""

    TYPE = "type"
    BRANCH = "branch"
    SCHEDULE = "schedule"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class InlayHint:
    """Words at a place.

    Attributes:
        offset: where they are shown.
        label: the words.
        kind: what they tell.
        about: an offset at which a hover tells more.
    """

    offset: int
    label: str
    kind: HintKind
    about: int

    @property
    def comes_before(self) -> bool:
        """Whether it is about what stands behind it."""
        return self.kind is HintKind.BRANCH


def inlay_hints(snapshot: Snapshot, document: str, within: Span, preferences: Preferences) -> tuple[InlayHint, ...]:
    """The hints of a stretch of one text, in the order of the text.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        within: where hints are wanted; its ends count.
        preferences: which kinds are wanted.
    """
    return at_once(inlay_hints_in_steps(snapshot, document, within, preferences))


def inlay_hints_in_steps(
    snapshot: Snapshot, document: str, within: Span, preferences: Preferences
) -> Steps[tuple[InlayHint, ...]]:
    """The same, a part at a time."""
    kinds = (
        (preferences.inlay_types, _types),
        (preferences.inlay_branches, _branches),
        (preferences.inlay_schedules, _schedules),
        (preferences.inlay_templates, _templates),
    )
    wanted = [find for is_wanted, find in kinds if is_wanted]
    found: dict[InlayHint, None] = {}
    for part in parts_between(snapshot, document, within):
        for find in wanted:
            found |= dict.fromkeys(hint for hint in find(part, within, snapshot) if within.contains(hint.offset))
        yield
    return tuple(sorted(found, key=_order))


def _order(hint: InlayHint) -> tuple[int, str, str]:
    return hint.offset, hint.kind.value, hint.label


def _types(part: Part, within: Span, snapshot: Snapshot) -> Iterator[InlayHint]:
    """The types of references that lead to something known, and of what a ``transform`` computes."""
    for use in snapshot.uses_of(part):
        if use.reference.problem or not within.contains(use.span.end):
            continue
        found = snapshot.resolution(use)
        if found.outcome is Outcome.KNOWN and found.shape.kind is not Kind.ANY:
            last = use.segment_span(len(use.reference.segments) - 1)
            yield InlayHint(use.span.end, f": {_type_words(found.shape)}", HintKind.TYPE, last.start)
    for text in expression_texts_of(part, snapshot) if isinstance(part, NodeView) else ():
        end = text.scalar.span.end
        if not text.is_condition and within.contains(end):
            result = text.checked.result
            if result.kind is not Kind.ANY and not text.checked.problems:
                end = text.scalar.span.start + len(text.scalar.source.rstrip())
                yield InlayHint(end, f": {_type_words(result)}", HintKind.TYPE, text.scalar.content_span.start)


def _type_words(shape: Shape) -> str:
    if shape.choices:
        choices = " | ".join(str(choice) for choice in shape.choices)
        return choices if len(choices) <= _MAX_WORDS else str(shape)
    return str(shape)


def _branches(part: Part, within: Span, _snapshot: Snapshot) -> Iterator[InlayHint]:
    """The number of each branch of a condition; with what its expression gives for it, where it has one or two."""
    if not isinstance(part, NodeView) or not isinstance(part.node, Condition):
        return
    names = part.node.successors
    if not names or not within.overlaps(Span(names[0].span.start, max(names[-1].span.end, names[0].span.start))):
        return
    for number, name in enumerate(names):
        words = _branch_words(part, number, len(names))
        yield InlayHint(name.span.start, words, HintKind.BRANCH, name.content_span.start)


def _branch_words(view: NodeView, number: int, count: int) -> str:
    word = f" {_BOOLEAN[number]}" if count <= len(_BOOLEAN) else ""
    return f"{number}{word}{', again' if _goes_back(view, number) else ''}:"


def _goes_back(view: NodeView, number: int) -> bool:
    """Whether a branch sends a loop round again."""
    if view.level.wiring.is_plain:
        return False
    graph = view.level.wiring.whole
    targets = graph.branches[view.index]
    target = targets[number] if number < len(targets) else None
    return target is not None and graph.is_loop_edge(view.index, target)


def _schedules(part: Part, within: Span, snapshot: Snapshot) -> Iterator[InlayHint]:
    """What a cron expression says, in words."""
    for visit in snapshot.visits_of(part):
        if (
            isinstance(visit.type, TextType)
            and visit.type.format is Format.CRON
            and isinstance(visit.node, Scalar)
            and within.contains(visit.node.span.end)
        ):
            words = schedule_words(visit.node.text)
            zone = timezone_of(visit.container) if isinstance(visit.container, Mapping) else "UTC"
            if words:
                label = f"{words} ({zone})"
                yield InlayHint(visit.node.span.end, label, HintKind.SCHEDULE, visit.node.content_span.start)


def _templates(part: Part, within: Span, snapshot: Snapshot) -> Iterator[InlayHint]:
    """What a prompt template is called, or how it begins, where it is named; what an agent is called, likewise."""
    for visit in snapshot.visits_of(part):
        if (
            isinstance(visit.type, TextType)
            and visit.type.names in _TITLED
            and isinstance(visit.node, Scalar)
            and within.contains(visit.node.span.end)
        ):
            words = _title_words(visit.node.text, visit.type.names, snapshot)
            if words:
                yield InlayHint(visit.node.span.end, words, HintKind.TEMPLATE, visit.node.content_span.start)


def _title_words(name: str, names: Names | None, snapshot: Snapshot) -> str:
    """The title of what is named; nothing where it says no more than the name."""
    template = snapshot.bundle.templates.get(name) if names is Names.PROMPT_TEMPLATE else None
    agent = snapshot.bundle.agents.get(name) if names is Names.AGENT else None
    if template is not None:
        return _shortened(_title_of(template.mapping) or (template.texts[-1].text if template.texts else ""))
    title = _title_of(agent.mapping) if agent is not None else ""
    return _shortened(title) if title.casefold() != name.casefold() else ""


def _title_of(mapping: Mapping) -> str:
    title = text_at(mapping, "name")
    return title.text if title is not None else ""


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _MAX_WORDS else f"{words[: _MAX_WORDS - 1].rstrip()}\u2026"
