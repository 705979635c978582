"""Symbols and their occurrences as values; how they are found stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span


class SymbolKind(Enum):
    """What a name stands for."""

    NODE = "node"
    INPUT = "input"
    OUTPUT = "output"
    VAR = "var"
    TASKFLOW = "taskflow"
    TRIGGER = "trigger"
    TASK_TYPE = "task type"
    PROMPT_TEMPLATE = "prompt template"
    ERROR_TEMPLATE = "error template"
    VARIABLE = "template variable"
    AGENT = "agent"
    AGENT_VARIABLE = "variable of an agent"
    CAPABILITY = "capability"
    TOOL = "tool"
    SCHEMA = "schema"
    SECRET = "secret"  # noqa: S105 - a kind of name
    ENVIRONMENT = "environment variable"


class Spelling(Enum):
    """How a name is written at a place, which says what another name must look like there."""

    WHOLE = "all of a scalar"
    PART = "a part of a scalar, whatever stands around it"
    SEGMENT = "below the root of a reference: behind a dot, or quoted in brackets"
    NAME = 'a name of an expression: by itself, or quoted in $env["..."]'
    MEMBER = "below a name of an expression: behind a dot, or quoted in brackets"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One named thing.

    Attributes:
        kind: what it is.
        name: how it is written.
        scope: inside what the name is unique: empty for the bundle, else the key of a document and what follows.
    """

    kind: SymbolKind
    name: str
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a symbol is written.

    Attributes:
        symbol: what is named.
        document: the key of the text.
        span: the name alone, without quotes, dots or brackets.
        is_declaration: whether the name is given here.
        whole: of a declaration, all of what is declared; else the name.
        scalar: the scalar that holds the name; None in the project file.
        spelling: how the name is written in it.
    """

    symbol: Symbol
    document: str
    span: Span
    is_declaration: bool
    whole: Span
    scalar: Scalar | None = None
    spelling: Spelling = Spelling.WHOLE


def flow_scope(flow: FlowView) -> tuple[str, ...]:
    """The scope of what is unique in a taskflow."""
    return (flow.document, str(flow.taskflow.mapping.span.start))


def node_symbol(view: NodeView) -> Symbol:
    """The symbol of a node."""
    return Symbol(SymbolKind.NODE, view.id, flow_scope(view.flow))


def node_scope(view: NodeView) -> tuple[str, ...]:
    """The scope of what is unique in a node."""
    return (*flow_scope(view.flow), *view.id_path)
