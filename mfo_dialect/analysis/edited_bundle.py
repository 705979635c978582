"""A bundle whose texts are being edited: the same questions, whose answers are facts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

from mfo_dialect.analysis.bundle import Bundle, Declared, Document, Source, first_by_name, is_complete
from mfo_dialect.analysis.live_tables import KeptFact, NameTable
from mfo_dialect.facts import Fact, Facts
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.project import Project
from mfo_dialect.model.prompts import Agent, AgentsDocument, PromptsDocument, PromptTemplate, Tool
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.syntax import LiveTree, Mapping, SyntaxTree

_T = TypeVar("_T")
_Subject = TypeVar("_Subject", bound=Hashable)
_IS_ASCII, _HAS_ANCHORS = "\nis ascii", "\nhas anchors"  # no words, as they have line breaks


class EditedSource(Source):
    """A text, whatever is written in it at the moment."""

    __setattr__ = object.__setattr__

    def __init__(self, facts: Facts, key: str, tree: SyntaxTree, documents: tuple[Document, ...]) -> None:
        """Take a text that was read."""
        object.__setattr__(self, "key", key)
        self.tree_now = tree
        self.documents_now = documents
        self._written: Fact[None] = Fact(facts, None)
        self._listed: Fact[None] = Fact(facts, None)
        self._problems: Fact[None] = Fact(facts, None)
        self._held: dict[str, tuple[bool, Fact[None]]] = {}
        self._facts = facts
        self.own_facts = ()

    @property
    def tree(self) -> SyntaxTree:  # pyright: ignore[reportIncompatibleVariableOverride] - changes with the text
        """What was read; whoever is being computed depends on its problems. Nodes are asked of documents."""
        self._problems.note()
        return self.tree_now

    @property
    def documents(self) -> tuple[Document, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """One for each YAML document."""
        self._listed.note()
        return self.documents_now

    @property
    def text(self) -> str:
        """The text now; whoever is being computed depends on all of it."""
        self._written.note()
        return self.tree_now.text

    def holds(self, words: str) -> bool:
        """Whether some words, without a line break, stand anywhere in the text."""
        return self._ask(words)

    def places(self, words: str) -> Iterator[int]:
        """The offsets at which some words, without a line break, stand; whoever is being computed depends on all of the text."""
        self._written.note()
        return self.tree_now.lines.places(words)

    @property
    def is_ascii(self) -> bool:
        """Whether the text has no character beyond ASCII."""
        return self._ask(_IS_ASCII)

    @property
    def may_have_anchors(self) -> bool:
        """Whether the text may have an anchor."""
        return self._ask(_HAS_ANCHORS)

    def _ask(self, words: str) -> bool:
        known = self._held.get(words)
        if known is None:
            known = self._held[words] = self._find(words), Fact(self._facts, None)
        known[1].note()
        return known[0]

    def _find(self, words: str) -> bool:
        tree = self.tree_now
        if not isinstance(tree, LiveTree):
            text = tree.text
            return text.isascii() if words == _IS_ASCII else ("&" if words == _HAS_ANCHORS else words) in text
        if words == _HAS_ANCHORS:
            return tree.has_anchors if tree.is_divided else tree.holds("&")
        return tree.is_ascii if words == _IS_ASCII else tree.holds(words)

    def told(self, tree: SyntaxTree, documents: tuple[Document, ...], *, problems: bool) -> None:
        """Let it be known that the text has changed.

        Args:
            tree: what was read from it.
            documents: its documents.
            problems: whether a problem came or went.
        """
        self.tree_now = tree
        if documents != self.documents_now:
            self.documents_now = documents
            self._listed.tell_readers()
        self._written.tell_readers()
        if problems or tree.problems:
            self._problems.tell_readers()
        for words, (known, fact) in list(self._held.items()):
            now = self._find(words)
            if not fact.is_read:
                del self._held[words]
            elif now != known:
                self._held[words] = now, fact
                fact.tell_readers()


class EditedBundle(Bundle):
    """Documents that see each other while their texts are edited; which texts there are does not change."""

    __setattr__ = object.__setattr__

    def __init__(self, facts: Facts, sources: dict[str, EditedSource], home: frozenset[str], project: Project) -> None:
        """Gather texts; ``refresh`` makes their names known."""
        vars(self)["sources"] = sources
        vars(self)["home"] = home
        vars(self)["project"] = project
        self._facts = facts
        self._sources = sources
        self.own_facts = ()
        self._listed: Fact[None] = Fact(facts, None)
        self._documents: tuple[Document, ...] = ()
        self._tables: dict[object, dict[Any, KeptFact]] = {}
        self._templates: NameTable[PromptTemplate] = NameTable(facts)
        self._tools: NameTable[tuple[str, Tool]] = NameTable(facts)
        self._agents: NameTable[Agent] = NameTable(facts)
        self._schemas: NameTable[Declared] = NameTable(facts)

    @property
    def documents_now(self) -> tuple[Document, ...]:
        """The documents that are ours, for who keeps nothing that follows from them."""
        return self._documents

    def refresh(self, key: str = "") -> None:
        """Make known that documents came or went, or that something around their parts has changed.

        Args:
            key: the text whose document stayed, with other things in it; none where documents came or went.
        """
        documents = tuple(
            document
            for source in self._sources.values()
            for document in source.documents_now
            if document.kind is not None
        )
        if documents != self._documents:
            self._documents = documents
            self._listed.tell_readers()
        prompts, agents = self.prompts, self.agents_documents
        self._templates.put(first_by_name((one.id.text, one) for document in prompts for one in document.templates))
        self._tools.put(
            first_by_name((one.name.text, (document.document, one)) for document in prompts for one in document.tools)
        )
        self._agents.put(first_by_name((one.id.text, one) for document in agents for one in document.agents))
        self._schemas.put(
            first_by_name(
                (name, Declared(document.document, written, node))
                for document in (*prompts, *self.workflows)
                for name, (written, node) in document.schemas.items()
            ),
            lambda declared: declared.document == key,
        )

    @property
    def documents(self) -> tuple[Document, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - may change
        """All documents that are ours, in the order of the texts."""
        self._listed.note()
        return self._documents

    @property
    def workflows(self) -> tuple[Workflow, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The workflow documents."""
        return tuple(document.model for document in self.documents if isinstance(document.model, Workflow))

    @property
    def prompts(self) -> tuple[PromptsDocument, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The prompts documents."""
        return tuple(document.model for document in self.documents if isinstance(document.model, PromptsDocument))

    @property
    def agents_documents(self) -> tuple[AgentsDocument, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The agents documents."""
        return tuple(document.model for document in self.documents if isinstance(document.model, AgentsDocument))

    @property
    def configs(self) -> tuple[tuple[str, Mapping], ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The client configurations: key of the text and the map."""
        return tuple(
            (document.key, document.root)
            for document in self.documents
            if document.kind is DocumentKind.CONFIG and isinstance(document.root, Mapping)
        )

    @property
    def templates(self) -> NameTable[PromptTemplate]:  # pyright: ignore[reportIncompatibleVariableOverride] - a table
        """The prompt templates by id; of two with one id, the first."""
        return self._templates

    @property
    def tools(self) -> NameTable[tuple[str, Tool]]:  # pyright: ignore[reportIncompatibleVariableOverride] - a table
        """The tools that prompts documents describe, by name, each with its document's key."""
        return self._tools

    @property
    def agents(self) -> NameTable[Agent]:  # pyright: ignore[reportIncompatibleVariableOverride] - a table
        """The agents by id."""
        return self._agents

    @property
    def schemas(self) -> NameTable[Declared]:  # pyright: ignore[reportIncompatibleVariableOverride] - a table
        """The JSON Schemas by name."""
        return self._schemas

    @property
    def is_complete(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride] - may change
        """Whether all prompts and agents documents could be read whole."""
        return self.kept(self, _is_complete)

    def kept(self, subject: _Subject, find: Callable[[_Subject, Bundle], _T]) -> _T:
        """What ``find`` says of a subject in this bundle at the moment."""
        table = self._tables.get(find)
        if table is None:
            table = self._tables[find] = {}
        fact = table.get(subject)
        if fact is None:
            fact = table[subject] = KeptFact(self._facts, find, subject, self, table)
        return fact.get()

    def forget_kept(self) -> None:
        """Let go of all kept values, on which nobody depends."""
        self._tables = {}


def _is_complete(bundle: Bundle, _around: Bundle) -> bool:
    return is_complete(bundle)
