"""Prompts and agents documents (dialect sections 8 and 9)."""

from __future__ import annotations

from functools import lru_cache

from mfo_dialect import templates
from mfo_dialect.kept import kept_property
from mfo_dialect.model.access import entries_at, mapping_at, mappings_at, text_at, texts_at
from mfo_dialect.records import record
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence

_LONGEST_KEPT = 4096
_MOST_KEPT = 256


def parse_text(text: str, engine: str) -> templates.Template:
    """Read a template's text in its language; texts that were read lately are not read again, as bundles share them."""
    return _parsed(text, engine) if len(text) > _LONGEST_KEPT else _kept(text, engine)


def _parsed(text: str, engine: str) -> templates.Template:
    return templates.parse_jinja(text) if engine == "jinja2" else templates.parse(text)


_kept = lru_cache(_MOST_KEPT)(_parsed)


@record(eq=False)
class Tool:
    """A tool that a model may call; ``parameters`` is its JSON Schema, if it has one."""

    name: Scalar
    description: Scalar | None
    parameters: Node | None


@record(eq=False, slots=False)
class PromptTemplate:
    """One prompt template.

    Attributes:
        document: the key of the text that holds it.
        id: its key under ``templates``.
        system_prompt, user_prompt: the texts; ``user_prompt`` is ``template`` where that is used.
        variables: the required variables by name, and the schema of each where given; None where there is no list.
        defaults: the default variables by name: the key and its value.
        tool_names: the tools that are named; ``inline_tools`` those that are described here.
        error_templates: the error templates by name: the key and its text.
        engine: ``go`` or ``jinja2``.
    """

    document: str
    id: Scalar
    mapping: Mapping
    system_prompt: Scalar | None
    user_prompt: Scalar | None
    variables: dict[str, tuple[Scalar, Node | None]] | None
    defaults: dict[str, tuple[Scalar, Node]]
    tool_names: tuple[Scalar, ...]
    inline_tools: tuple[Tool, ...]
    tool_choice: Scalar | None
    output_schema: Node | None
    error_templates: dict[str, tuple[Scalar, Node]]
    engine: str

    @property
    def texts(self) -> tuple[Scalar, ...]:
        """The prompts that are rendered with the task's variables."""
        return tuple(text for text in (self.system_prompt, self.user_prompt) if text is not None)

    def read(self, text: Scalar) -> templates.Template:
        """One of its texts as its language has it; read once, and then kept."""
        if text not in self._read:
            self._read[text] = parse_text(text.text, self.engine)
        return self._read[text]

    @kept_property
    def _read(self) -> dict[Scalar, templates.Template]:
        return {}


@record(eq=False)
class PromptsDocument:
    """A prompts document: templates in document order, tools and extraction schemas by name."""

    document: str
    root: Mapping
    templates: tuple[PromptTemplate, ...]
    tools: tuple[Tool, ...]
    schemas: dict[str, tuple[Scalar, Node]]


@record(eq=False)
class Agent:
    """One agent; the rest of its keys are read from ``mapping``."""

    document: str
    id: Scalar
    mapping: Mapping
    prompt_template_id: Scalar | None
    capabilities: tuple[Scalar, ...]
    tools: tuple[Scalar, ...]


@record(eq=False)
class AgentsDocument:
    """An agents document: agents in document order."""

    document: str
    root: Mapping
    agents: tuple[Agent, ...]


def lower_prompts(root: Mapping, document: str) -> PromptsDocument:
    """Read a prompts document."""
    return PromptsDocument(
        document,
        root,
        tuple(
            _template(key, value, document)
            for key, value in entries_at(root, "templates")
            if isinstance(value, Mapping)
        ),
        tuple(_tool(key, value) for key, value in entries_at(root, "tools")),
        {key.text: (key, value) for key, value in entries_at(root, "extraction_schemas")},
    )


def _template(key: Scalar, mapping: Mapping, document: str) -> PromptTemplate:
    engine = text_at(mapping, "engine")
    tools = mapping.get("tools")
    items = list(tools) if isinstance(tools, Sequence) else []
    inline = (item for item in items if isinstance(item, Mapping))
    return PromptTemplate(
        document,
        key,
        mapping,
        text_at(mapping, "system_prompt"),
        text_at(mapping, "user_prompt", "template"),
        _variables(mapping),
        {name.text: (name, value) for name, value in entries_at(mapping, "default_variables")},
        tuple(item for item in items if isinstance(item, Scalar) and not item.is_missing),
        tuple(_tool(name, item) for item in inline if (name := text_at(item, "name")) is not None),
        text_at(mapping, "tool_choice"),
        mapping.get("output_schema"),
        {name.text: (name, value) for name, value in entries_at(mapping, "error_handling_templates")},
        engine.text if engine is not None else "go",
    )


def _variables(mapping: Mapping) -> dict[str, tuple[Scalar, Node | None]] | None:
    if mapping_at(mapping, "variables") is not None:
        return {name.text: (name, schema) for name, schema in entries_at(mapping, "variables")}
    if isinstance(mapping.get("variables"), Sequence):
        return {name.text: (name, None) for name in texts_at(mapping, "variables")}
    return None


def _tool(name: Scalar, node: Node) -> Tool:
    if not isinstance(node, Mapping):
        return Tool(name, None, None)
    return Tool(name, text_at(node, "description"), node.get("parameters"))


def lower_agents(root: Mapping, document: str) -> AgentsDocument:
    """Read an agents document; agents may be a map or a list."""
    named = [(key, value) for key, value in entries_at(root, "agents") if isinstance(value, Mapping)]
    listed = [(key, item) for item in mappings_at(root, "agents") if (key := text_at(item, "id")) is not None]
    return AgentsDocument(document, root, tuple(_agent(key, value, document) for key, value in named + listed))


def _agent(key: Scalar, mapping: Mapping, document: str) -> Agent:
    return Agent(
        document,
        key,
        mapping,
        text_at(mapping, "prompt_template_id"),
        texts_at(mapping, "capabilities"),
        texts_at(mapping, "tools"),
    )
