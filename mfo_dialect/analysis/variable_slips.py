"""Variables that are missing because either their giver or their template misspells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import (
    ChatUse,
    chat_config,
    chat_use,
    given_variables,
    missing_variables,
    template_reads,
)
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.records import record
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Pair


@record(eq=False)
class VariableSlip:
    """A variable that a template wants and a task does not give, although it gives one of nearly that name in vain.

    Attributes:
        chat: the task's chat.
        name: the variable as the template writes it.
        given: the pair of ``prompt_context`` that was meant for it.
        in_template: the template has the odd spelling, as the rest of the bundle writes what the task does.
    """

    chat: ChatUse
    name: str
    given: Pair
    in_template: bool


def variable_slips(view: NodeView, snapshot: Snapshot) -> tuple[VariableSlip, ...]:
    """The slips of one task."""
    return snapshot.kept(view, _slips)


def _slips(view: NodeView, snapshot: Snapshot) -> tuple[VariableSlip, ...]:
    return tuple(_found(view, snapshot))


def _found(view: NodeView, snapshot: Snapshot) -> Iterator[VariableSlip]:
    chat = chat_use(view, snapshot.bundle)
    template = chat.template if chat is not None else None
    if chat is None or template is None or chat.context is None:
        return
    missing = missing_variables(chat)
    if not missing:
        return
    own = _words_of(template)
    for one in missing:
        given = _given_in_vain(chat, one.name, own)
        if given is not None and given.name is not None:
            wanted, meant = (_count(name, snapshot) - own[name] for name in (one.name, given.name))
            elsewhere = wanted, meant - 1
            yield VariableSlip(chat, one.name, given, in_template=elsewhere[1] > elsewhere[0])


def _given_in_vain(chat: ChatUse, name: str, read: Counter[str]) -> Pair | None:
    free = {pair.name: pair for pair in chat.context.pairs if pair.name not in read} if chat.context is not None else {}
    near = nearest(name, [key for key in free if key is not None])
    return free[near[0]] if near else None


def _count(name: str, snapshot: Snapshot) -> int:
    """How often a variable is written, by templates and by tasks."""
    elsewhere = snapshot.kept(snapshot.bundle, _words_elsewhere)
    return snapshot.index(snapshot.bundle, words_said).count(name) + elsewhere[name]


def words_said(part: Part, snapshot: Snapshot) -> Iterator[str]:
    """The variables that a template or a task writes, each as often as it stands there; a task need not know templates."""
    bundle = snapshot.bundle
    if isinstance(part, PromptTemplate) and bundle.templates.get(part.id.text) is part:
        yield from _words_of(part).elements()
    config = chat_config(part) if isinstance(part, NodeView) else None
    given = given_variables(config) if config is not None else None
    if given is not None:
        yield from (pair.name for pair in given.pairs if pair.name is not None)


def _words_elsewhere(bundle: Bundle, _snapshot: Snapshot) -> Counter[str]:
    """The variables of templates in documents that are only seen."""
    words: Counter[str] = Counter()
    for document in bundle.prompts:
        if document.document not in bundle.home:
            for template in document.templates:
                if bundle.templates.get(template.id.text) is template:
                    words += _words_of(template)
    return words


def _words_of(template: PromptTemplate) -> Counter[str]:
    words = Counter(read.name for _, read in template_reads(template))
    words.update(list(template.variables or ()))
    words.update(list(template.defaults))
    return words
