"""Which names each kind of thing may have (dialect sections 3, 5, 6, 7 and 8)."""

from __future__ import annotations

import re

from mfo_dialect.analysis.delegation import AGENT_TOOL
from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES
from mfo_dialect.expressions import FUNCTIONS
from mfo_dialect.expressions.operators import BINARY, KEYWORDS, UNARY
from mfo_dialect.references import RESERVED_ROOTS, Reference, bare_reference, scan
from mfo_lsp.features.symbols import SymbolKind
from mfo_lsp.features.symbols.agents import OF_EVERY_AGENT
from mfo_lsp.features.symbols.prompts import ERROR_VARIABLE, TOOL_CHOICES

_LONGEST = 200
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"\w(?:[\w -]*[\w-])?")
_TOOL = re.compile(r"\w[\w.-]*")
_SEGMENT = re.compile(r"[\w-]+")
_KEYWORDS = frozenset({*KEYWORDS, *(word for word in (*BINARY, *UNARY) if word.isalpha())})
_JINJA_NAMES = frozenset({"true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if",
                          "else", "loop", "self", "super", "caller", "varargs", "kwargs"})  # fmt: skip

_OF_ID = (_ID, "letters of a to z, digits, dashes and underscores, and starts with a letter or underscore")
_OF_IDENTIFIER = (_IDENTIFIER, "letters of a to z, digits and underscores, and starts with a letter or underscore")
_OF_KEY = (_KEY, "letters, digits, dashes, underscores and spaces between them")
_LETTERS = {
    SymbolKind.NODE: _OF_ID,
    SymbolKind.TASKFLOW: _OF_ID,
    SymbolKind.TRIGGER: _OF_ID,
    SymbolKind.TASK_TYPE: _OF_ID,
    SymbolKind.SECRET: _OF_ID,
    SymbolKind.VAR: _OF_IDENTIFIER,
    SymbolKind.VARIABLE: _OF_IDENTIFIER,
    SymbolKind.AGENT_VARIABLE: _OF_IDENTIFIER,
    SymbolKind.ENVIRONMENT: _OF_IDENTIFIER,
    SymbolKind.INPUT: _OF_KEY,
    SymbolKind.OUTPUT: _OF_KEY,
    SymbolKind.TOOL: (_TOOL, "letters, digits, dots, dashes and underscores"),
}
_IN_EXPRESSIONS = (SymbolKind.NODE, SymbolKind.INPUT, SymbolKind.VAR)


def name_problem(name: str, kind: SymbolKind, *, is_title: bool = False) -> str:
    """Why a kind of thing cannot have a name, in one sentence; empty where it can.

    Args:
        name: the new name.
        kind: what is to have it.
        is_title: of a taskflow, whether its name is the ``name`` of a flow file, which may be any words.
    """
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > _LONGEST:
        return f"A name is one to {_LONGEST} printable characters without white space at its ends."
    rule = None if is_title else _LETTERS.get(kind)
    if rule is not None and not rule[0].fullmatch(name):
        return f'"{name}" cannot name {_a(kind)}: such a name has {rule[1]}.'
    return _reserved(name, kind)


def _reserved(name: str, kind: SymbolKind) -> str:
    if kind in {SymbolKind.NODE, SymbolKind.VAR} and name in RESERVED_ROOTS:
        return f'"{name}" is reserved: references read it as a root.'
    if kind in _IN_EXPRESSIONS and name in FUNCTIONS:
        return f'"{name}" is a function of expressions, which {_a(kind)} of that name would hide.'
    if kind is SymbolKind.VAR and name in _KEYWORDS:
        return f'"{name}" is a word of the expression language.'
    if kind is SymbolKind.TASK_TYPE and (name in BUILT_IN or name in OLDER_NAMES):
        return f'"{name}" is a built-in task type.'
    if kind is SymbolKind.TOOL and (name in TOOL_CHOICES or name.startswith(AGENT_TOOL)):
        return f'"{name}" has a meaning of its own where tools are named.'
    if kind is SymbolKind.VARIABLE and (name == ERROR_VARIABLE or name in _JINJA_NAMES):
        return f'"{name}" has a meaning of its own in templates.'
    if kind is SymbolKind.AGENT_VARIABLE and name in OF_EVERY_AGENT:
        return f'"{name}" has a meaning of its own in the layers of agents.'
    if any(isinstance(piece, Reference) for piece in scan(name)) or "$" in name:
        return f'"{name}" would be read as a reference.'
    bare = bare_reference(name)
    if bare is not None and bare.root in RESERVED_ROOTS:
        return f'"{name}" would be read as a reference.'
    return ""


def _a(kind: SymbolKind) -> str:
    return f"an {kind.value}" if kind.value[0] in "aeiou" else f"a {kind.value}"


def is_segment(name: str) -> bool:
    """Whether a name may stand behind a dot in a reference."""
    return _SEGMENT.fullmatch(name) is not None


def is_word(name: str) -> bool:
    """Whether a name may stand in an expression without quotes."""
    return _IDENTIFIER.fullmatch(name) is not None and name not in _KEYWORDS
