"""What one workflow can see: many documents as one value (dialect section 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

from mfo_dialect.analysis.doubts import may_be_two
from mfo_dialect.analysis.slips import read_names_plainly, read_slips
from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.values import MapType
from mfo_dialect.catalogue.workflow_keys import FLOW_FILE, WORKFLOW_FILE
from mfo_dialect.file_names import is_markdown, template_name
from mfo_dialect.kept import kept_property
from mfo_dialect.model.kinds import Classification, DocumentKind, classify
from mfo_dialect.model.lower_workflow import is_workflow_file, lower_workflow
from mfo_dialect.model.project import Project
from mfo_dialect.model.prompts import (
    Agent,
    AgentsDocument,
    PromptsDocument,
    PromptTemplate,
    Tool,
    lower_agents,
    lower_prompts,
)
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.records import record
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, SyntaxTree, parse

_T = TypeVar("_T")
_Subject = TypeVar("_Subject")
Model: TypeAlias = Workflow | PromptsDocument | AgentsDocument


@record(eq=False)
class Document:
    """One YAML document of a text: its kind, and what it was lowered to.

    Attributes:
        key: the key of the text.
        root: the root node; None where nothing is written or readable.
        classification: what it was taken for, and why.
        model: None for client configurations, for files that are not ours, and where the root is no map.
    """

    key: str
    root: Node | None
    classification: Classification
    model: Model | None

    @property
    def kind(self) -> DocumentKind | None:
        """The document's kind, None where it is not ours."""
        return self.classification.kind


@record(eq=False)
class Source:
    """One text with all its documents.

    Attributes:
        key: how the bundle and all places name the text: a path or a URI, always with ``/``.
        tree: what was read from the text.
        documents: one for each YAML document of the stream.
    """

    key: str
    tree: SyntaxTree
    documents: tuple[Document, ...]

    @property
    def text(self) -> str:
        """The text itself."""
        return self.tree.text

    def holds(self, words: str) -> bool:
        """Whether some words, without a line break in them, stand anywhere in the text."""
        return words in self.tree.text

    def places(self, words: str) -> Iterator[int]:
        """The offsets at which some words, without a line break in them, stand in the text."""
        return self.tree.lines.places(words)

    @property
    def may_have_anchors(self) -> bool:
        """Whether the text may have an anchor."""
        return "&" in self.tree.text

    @property
    def is_ascii(self) -> bool:
        """Whether the text has no character beyond ASCII."""
        return self.tree.text.isascii()

    @property
    def is_ours(self) -> bool:
        """Whether any of its documents is an MFO document."""
        return any(document.kind is not None for document in self.documents)

    @property
    def kind(self) -> DocumentKind | None:
        """The kind of the first document that is ours."""
        return next((document.kind for document in self.documents if document.kind is not None), None)


def read_source(key: str, text: str, previous: DocumentKind | None = None) -> Source:
    """Read a text into its documents; never raises.

    Args:
        key: how places are to name the text; its last part after ``/`` is taken for the file's name.
        text: the text.
        previous: the kind that it had before the last edit, which a half-typed text keeps.
    """
    if is_markdown(key):
        from mfo_dialect.model.markdown import parse_markdown  # noqa: PLC0415 - few projects have such files

        return source_of(key, parse_markdown(text, template_name(key)), previous)
    return source_of(key, parse(text), previous)


def source_of(key: str, tree: SyntaxTree, previous: DocumentKind | None = None) -> Source:
    """As ``read_source``, for a tree that nobody has read documents from."""
    name = key.rsplit("/", 1)[-1]
    roots = [document.root for document in tree.documents] or [None]
    for root in roots if not tree.text.isascii() else ():
        if root is not None:
            read_names_plainly(root)
    return Source(key, tree, tuple(read_document(key, root, classify(root, name, previous)) for root in roots))


def _root_type(root: Mapping, kind: DocumentKind | None) -> MapType | None:
    match kind:
        case DocumentKind.WORKFLOW:
            return WORKFLOW_FILE if is_workflow_file(root) else FLOW_FILE
        case DocumentKind.PROMPTS:
            return PROMPTS_FILE
        case DocumentKind.AGENTS:
            return AGENTS_FILE
        case DocumentKind.CONFIG:
            return CONFIG_FILE
        case None:
            return None


def read_document(key: str, root: Node | None, classification: Classification) -> Document:
    """Read one YAML document of a text.

    Args:
        key: the key of the text.
        root: the document's root.
        classification: what it was taken for.
    """
    model: Model | None = None
    if isinstance(root, Mapping):
        declared = _root_type(root, classification.kind)
        if declared is not None:
            read_slips(root, declared)
        match classification.kind:
            case DocumentKind.WORKFLOW:
                model = lower_workflow(root, key)
            case DocumentKind.PROMPTS:
                model = lower_prompts(root, key)
            case DocumentKind.AGENTS:
                model = lower_agents(root, key)
            case _:
                pass
    return Document(key, root, classification, model)


@record
class Declared:
    """A name that a document declares, and the document's key."""

    document: str
    name: Scalar
    node: Node | None = None


@record(eq=False, slots=False)
class Bundle:
    """Documents that see each other.

    Attributes:
        sources: all texts, by key.
        home: the keys of the texts that findings are wanted for; others (listed by the project file) are only seen.
        project: the project file.
    """

    sources: dict[str, Source]
    home: frozenset[str]
    project: Project

    @kept_property
    def documents(self) -> tuple[Document, ...]:
        """All documents that are ours, in the order of the texts."""
        return tuple(
            document for source in self.sources.values() for document in source.documents if document.kind is not None
        )

    @kept_property
    def workflows(self) -> tuple[Workflow, ...]:
        """The workflow documents."""
        return tuple(document.model for document in self.documents if isinstance(document.model, Workflow))

    @kept_property
    def prompts(self) -> tuple[PromptsDocument, ...]:
        """The prompts documents."""
        return tuple(document.model for document in self.documents if isinstance(document.model, PromptsDocument))

    @kept_property
    def agents_documents(self) -> tuple[AgentsDocument, ...]:
        """The agents documents."""
        return tuple(document.model for document in self.documents if isinstance(document.model, AgentsDocument))

    @kept_property
    def configs(self) -> tuple[tuple[str, Mapping], ...]:
        """The client configurations: key of the text and the map."""
        return tuple(
            (document.key, document.root)
            for document in self.documents
            if document.kind is DocumentKind.CONFIG and isinstance(document.root, Mapping)
        )

    @kept_property
    def templates(self) -> dict[str, PromptTemplate]:
        """The prompt templates by id; of two with one id, the first."""
        return first_by_name(
            (template.id.text, template) for document in self.prompts for template in document.templates
        )

    @kept_property
    def tools(self) -> dict[str, tuple[str, Tool]]:
        """The tools that prompts documents describe, by name, each with its document's key."""
        return first_by_name(
            (tool.name.text, (document.document, tool)) for document in self.prompts for tool in document.tools
        )

    @kept_property
    def agents(self) -> dict[str, Agent]:
        """The agents by id."""
        return first_by_name((agent.id.text, agent) for document in self.agents_documents for agent in document.agents)

    @kept_property
    def schemas(self) -> dict[str, Declared]:
        """The JSON Schemas by name: extraction schemas of prompts documents and ``schemas`` of workflow documents."""
        return first_by_name(
            (name, Declared(document.document, key, node))
            for document in (*self.prompts, *self.workflows)
            for name, (key, node) in document.schemas.items()
        )

    @kept_property
    def is_complete(self) -> bool:
        """Whether all prompts and agents documents could be read whole, so that a name not found is not there."""
        return is_complete(self)

    def text_of(self, document: str) -> str:
        """A document's or the project file's text; an empty one where the bundle has no such document."""
        source = self.sources.get(document)
        if source is not None:
            return source.text
        return self.project.text if document == self.project.document else ""

    def kept(self, subject: _Subject, find: Callable[[_Subject, Bundle], _T]) -> _T:
        """What ``find`` says of a subject in this bundle; asked once for each subject, and then kept."""
        known = self._kept.get((find, subject))
        if known is None:
            known = self._kept[find, subject] = find(subject, self)
        return known

    def let_go_of_kept(self) -> None:
        """Forget what was said; who asks again has it found again."""
        self._kept.clear()

    @kept_property
    def _kept(self) -> dict[tuple[object, object], Any]:
        return {}


def is_complete(bundle: Bundle) -> bool:
    """Whether no name of a prompts or agents document is lost, neither in what cannot be read nor with its line."""
    return not any(
        _hides_names(document.root)
        for document in bundle.documents
        if document.kind in {DocumentKind.PROMPTS, DocumentKind.AGENTS}
    )


def _hides_names(root: Node | None) -> bool:
    if root is None or root.damaged:
        return True
    listed = [pair.value for pair in root.pairs] if isinstance(root, Mapping) else []
    return any(isinstance(node, Mapping) and may_be_two(node) for values in listed for node in _entries(values))


def _entries(values: Node) -> Iterable[Node]:
    match values:
        case Mapping():
            return [pair.value for pair in values.pairs]
        case Sequence():
            return values.items
        case _:
            return ()


def first_by_name(pairs: Iterable[tuple[str, _T]]) -> dict[str, _T]:
    """Values by name; of two with one name, the first."""
    found: dict[str, _T] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def make_bundle(sources: Iterable[Source], project: Project | None = None, home: Iterable[str] | None = None) -> Bundle:
    """Gather texts into a bundle; of two with one key the last counts.

    Args:
        sources: the texts, whose order does not matter; those that are not ours do no harm.
        project: the project file; an empty one where there is none.
        home: the keys of the texts that findings are wanted for; all where it is not given.
    """
    by_key = {source.key: source for source in sorted(sources, key=lambda source: source.key)}
    return Bundle(by_key, frozenset(by_key if home is None else home), project or Project())
