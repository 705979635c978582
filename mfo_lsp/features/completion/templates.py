"""Inside ``{{``: the variables of the template, functions and keywords."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.chats import template_reads
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Task
from mfo_dialect.shapes import TEXT, UNKNOWN, Shape, of_value, step
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.templates import FUNCTIONS, KEYWORDS
from mfo_lsp.features.completion.items import Item, ItemKind, sort_key
from mfo_lsp.features.completion.paths import fields_of
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.documentation import of_shape, of_template_word

_PATH = re.compile(r"(?P<root>\$?)(?P<parents>(?:\.[A-Za-z_]\w*)*)\.(?P<partial>\w*)\Z")
_VARIABLE = re.compile(r"\$(?P<partial>\w*)\Z")
_WORD = re.compile(r"(?<![\w.$\"'`])[A-Za-z_]?\w*\Z")
_DECLARED = re.compile(r"\$(\w+)\s*(?=,|:=)")
_ACTION = re.compile(r"\{\{-?\s*(if|range|with|define|block|end)\b")
_COMMAND_START = re.compile(r"[|(]|:?=")
_TAKES_COMMAND = frozenset({"if", "else", "range", "with"})
_CLOSED = re.compile(r"(?:(?!\{\{).)*?\}\}")
_VARIABLE_RANK, _FUNCTION_RANK, _KEYWORD_RANK = 0, 4, 6


@dataclass(frozen=True, slots=True)
class _Data:
    """What a template may read: its engine, and its variables with their shapes."""

    is_go: bool
    variables: dict[str, Shape]


def is_in_template(place: Place) -> bool:
    """Whether the cursor is behind a ``{{`` that is not closed before it."""
    source = place.before()
    return source.rfind("{{") > source.rfind("}}") and not source[source.rfind("{{") :].startswith(("{{/*", "{{- /*"))


def template_items(place: Place) -> Iterator[Item]:
    """What the action under the cursor may go on with."""
    source = place.before()
    start = source.rfind("{{")
    action = source[start + 2 :]
    if _is_open(action):
        return
    data = _data_of(place)
    if not data.is_go:
        yield from _jinja_items(place, data, action)
        return
    path = _PATH.search(action)
    if path is not None:
        yield from _fields(place, data, path, rebound=_is_rebound(source[:start]))
        return
    variable = _VARIABLE.search(action)
    if variable is not None:
        yield from _declared(place, source, variable["partial"])
        return
    word = _WORD.search(action)
    if word is not None:
        yield from _words(place, data, source[:start], word.group(), _position(action[: word.start()]))


def _is_open(action: str) -> bool:
    """Whether a string is open at the end of an action's text."""
    quote = ""
    escaped = False
    for character in action:
        if escaped:
            escaped = False
        elif quote and character == "\\" and quote != "`":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
    return bool(quote)


def _open_blocks(source: str) -> tuple[str, ...]:
    """The keywords of the blocks that are open at the end of a template's text, outermost first."""
    stack: list[str] = []
    for action in _ACTION.finditer(source):
        if action[1] != "end":
            stack.append(action[1])
        elif stack:
            stack.pop()
    return tuple(stack)


def _is_rebound(source: str) -> bool:
    """Whether the dot is no longer the template's data: inside ``range``, ``with``, ``define`` or ``block``."""
    return any(word != "if" for word in _open_blocks(source))


def _keywords(source: str) -> Iterator[str]:
    """The keywords that may start an action behind a template's text."""
    blocks = _open_blocks(source)
    for word in sorted(KEYWORDS - {"nil"}):
        needed = {"else": bool(blocks), "end": bool(blocks), "break": "range" in blocks, "continue": "range" in blocks}
        if needed.get(word, True):
            yield word


def _fields(place: Place, data: _Data, path: re.Match[str], *, rebound: bool) -> Iterator[Item]:
    if rebound and not path["root"]:
        return
    parents = [name for name in path["parents"].split(".") if name]
    span = place.word_span(path["partial"])
    if not parents:
        yield from _variables(place, data, path["partial"], prefix="")
        return
    shape: Shape | None = data.variables.get(parents[0])
    for name in parents[1:]:
        shape = step(shape, name) if shape is not None else None
    if shape is not None:
        for number, choice in enumerate(fields_of("." + ".".join(parents), shape)):
            sort = sort_key(0, number)
            yield Item(choice.name, ItemKind.FIELD, span, choice.name, choice.detail, choice.words, sort)


def _variables(place: Place, data: _Data, partial: str, prefix: str) -> Iterator[Item]:
    closing = "" if _CLOSED.match(place.rest_of_line) else " }}"
    for number, (name, shape) in enumerate(data.variables.items()):
        yield Item(
            label=f"{prefix.strip()}{name}",
            kind=ItemKind.VARIABLE,
            span=place.word_span(partial),
            new_text=f"{prefix}{name}{closing}",
            detail=str(shape),
            words=functools.partial(of_shape, name, shape),
            sort_key=sort_key(_VARIABLE_RANK, number),
            line_indent=place.line_indent,
        )


def _declared(place: Place, source: str, partial: str) -> Iterator[Item]:
    for number, name in enumerate(dict.fromkeys(_DECLARED.findall(source))):
        span = place.word_span(partial)
        yield Item(name, ItemKind.VARIABLE, span, name, "variable", sort_key=sort_key(0, number))


class _Position(Enum):
    """What may stand at a place of an action."""

    ACTION = "the start of an action"
    COMMAND = "the start of a command"
    ARGUMENT = "an argument of a function"
    NOTHING = "nothing"


def _position(action: str) -> _Position:
    """What may stand behind an action's text; a command starts it, or stands behind a pipe, a bracket or ``:=``."""
    if not action.strip(" \t\r\n-"):
        return _Position.ACTION
    words = _COMMAND_START.split(action)[-1].split()
    while words and words[0].lstrip("-") in _TAKES_COMMAND:
        words = words[1:]
    if not words or words == ["-"]:
        return _Position.COMMAND
    return _Position.ARGUMENT if words[0].lstrip("-") in FUNCTIONS else _Position.NOTHING


def _words(place: Place, data: _Data, before: str, partial: str, position: _Position) -> Iterator[Item]:
    if position is _Position.NOTHING or place.rest_of_line.startswith("."):
        return
    space = " " if place.text[: place.offset - len(partial)].endswith("{{-") else ""
    if not partial:
        yield from _variables(place, data, "", space + ("$." if _is_rebound(before) else "."))
    span = place.word_span(partial)
    for number, (name, function) in enumerate(FUNCTIONS.items()):
        if position is not _Position.ARGUMENT or function.most_arguments == 0:
            sort = sort_key(_FUNCTION_RANK, number)
            words = functools.partial(of_template_word, name)
            yield Item(name, ItemKind.FUNCTION, span, f"{space}{name}", function.signature, words, sort)
    if position is _Position.ACTION:
        for number, word in enumerate(_keywords(before)):
            sort = sort_key(_KEYWORD_RANK, number)
            yield Item(
                word, ItemKind.KEYWORD, span, f"{space}{word}", "", functools.partial(of_template_word, word), sort
            )


def _jinja_items(place: Place, data: _Data, action: str) -> Iterator[Item]:
    word = _WORD.search(action)
    if word is not None:
        yield from _variables(place, data, word.group(), "")


def _data_of(place: Place) -> _Data:
    template = place.owner.template
    if template is not None:
        variables = _variables_of(template, place)
        if any(stop.name == "error_handling_templates" for stop in place.stops):
            variables = {"error": TEXT, **variables}
        return _Data(template.engine == "go", variables)
    task = place.owner.view.node if place.owner.view is not None else None
    context = task.config.get("prompt_context") if isinstance(task, Task) and task.config is not None else None
    if isinstance(context, Mapping):
        return _Data(is_go=True, variables={pair.name: UNKNOWN for pair in context.effective_pairs() if pair.name})
    return _Data(is_go=True, variables={})


def _variables_of(template: PromptTemplate, place: Place) -> dict[str, Shape]:
    """Listed ones first, then those with defaults, then those that the texts read where there is no list."""
    found: dict[str, Shape] = {}
    for name, (_, schema) in (template.variables or {}).items():
        found[name] = schema_shape(schema, place.snapshot.bundle)
    for name, (_, value) in template.defaults.items():
        found.setdefault(name, of_value(value.value) if isinstance(value, Scalar) else UNKNOWN)
    if template.variables is None:
        for scalar, read in template_reads(template):
            if not scalar.span_of(read.span).contains(place.offset):
                found.setdefault(read.name, UNKNOWN)
    return found
