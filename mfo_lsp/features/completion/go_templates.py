"""Inside ``{{`` of a Go template: variables, fields, functions and keywords."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.shapes import UNKNOWN, Shape
from mfo_dialect.templates import FUNCTIONS, KEYWORDS, Function, VisibleScope, parse
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, snippet_text, sort_key
from mfo_lsp.features.completion.paths import fields_of
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.template_data import TemplateData
from mfo_lsp.features.documentation import of_shape, of_template_word

_PATH = re.compile(r"(?P<root>\$?\w*)(?P<parents>(?:\.[A-Za-z_]\w*)*)\.(?P<partial>\w*)\Z")
_VARIABLE = re.compile(r"\$(?P<partial>\w*)\Z")
_WORD = re.compile(r"(?<![\w.$\"'`])[A-Za-z_]?\w*\Z")
_BLOCK = re.compile(r"\{\{-?\s*(if|range|with|define|block|end)\b")
_COMMAND_START = re.compile(r"[|(]|:?=")
_TAKES_COMMAND = frozenset({"if", "else", "range", "with"})
_OPENS = frozenset({"if", "range", "with", "define", "block"})
_NAMED = frozenset({"define", "block", "template"})
_REST = re.compile(r"(?:(?!\{\{).)*?(?=\}\})", re.DOTALL)
_STARTS_ACTION = re.compile(rf"\s*-?\s*(?:{'|'.join(sorted(KEYWORDS - {'nil'}))})\b")
_VARIABLE_RANK, _FUNCTION_RANK, _KEYWORD_RANK = 0, 4, 6


@dataclass(frozen=True, slots=True)
class _Action:
    """The action that is typed.

    Attributes:
        place: where.
        data: what the template may read.
        head: the template's text before the action.
        inside: what is typed of the action, behind its braces.
        behind: the template's text behind the cursor, as far as it could be read.
    """

    place: Place
    data: TemplateData
    head: str
    inside: str
    behind: str

    @property
    def rest(self) -> str | None:
        """What stands between the cursor and the closing braces; None where the action is not closed."""
        found = _REST.match(self.behind or self.place.rest_of_line)
        return found.group() if found is not None else None

    @property
    def close(self) -> str:
        """What an item has to bring so that the action is closed."""
        return "" if self.rest is not None else " }}"

    @property
    def scope(self) -> VisibleScope:
        """Where the dot and the variables come from."""
        return parse(f"{self.head}{{{{.}}}}").scope_at(len(self.head) + 2)

    def problems(self, partial: str, text: str) -> Iterator[str]:
        """What is wrong with the template once ``text`` stands in the place of the half-typed word, but at its end."""
        before = f"{self.head}{{{{{self.inside[: len(self.inside) - len(partial)]}{text}"
        behind = re.sub(r"\A\w+", "", self.behind)
        for problem in parse(f"{before}{self.close}{behind}").problems:
            if not problem.span.start <= len(before) <= problem.span.end:
                yield problem.message

    def takes(self, partial: str, text: str) -> bool:
        """Whether a text may stand in the place of the half-typed word."""
        known = set(self.problems(partial, ""))
        return all(message in known for message in self.problems(partial, text))


def go_items(place: Place, data: TemplateData, start: int, client: CompletionClient) -> Iterator[Item]:
    """What the action under the cursor may go on with.

    Args:
        place: the cursor's place.
        data: what the template may read.
        start: where the action's braces stand in the text before the cursor.
        client: what the editor can do with items.
    """
    source = place.before()
    action = _Action(place, data, source[:start], source[start + 2 :], place.behind())
    path = _PATH.search(action.inside)
    if path is not None and _is_piped(action.inside[: path.start()]):
        return
    if path is not None and (not path["root"] or path["root"].startswith("$")):
        yield from _fields(action, path)
        return
    variable = _VARIABLE.search(action.inside)
    if variable is not None:
        yield from _declared(action, variable["partial"])
        return
    word = _WORD.search(action.inside)
    if word is not None:
        yield from _words(action, word.group(), _position(action.inside[: word.start()]), client)


def _fields(action: _Action, path: re.Match[str]) -> Iterator[Item]:
    scope = action.scope
    origin = dict(scope.variables).get(path["root"]) if path["root"] else scope.dot
    if origin is None:
        return
    names = (*origin, *(name for name in path["parents"].split(".") if name))
    span = action.place.word_span(path["partial"])
    if not names:
        yield from _variables(action, path["partial"], prefix="")
        return
    shape = action.data.shape_at(names)
    for number, choice in enumerate(fields_of("." + ".".join(names), shape) if shape is not None else ()):
        yield Item(
            choice.name, ItemKind.FIELD, span, choice.name, choice.detail, choice.words, sort_key(0, number),
            takes_dot=choice.goes_on, line_indent=action.place.line_indent,
        )  # fmt: skip


def _variables(action: _Action, partial: str, prefix: str) -> Iterator[Item]:
    span = action.place.word_span(partial)
    for number, (name, shape) in enumerate(action.data.variables.items()):
        if action.takes(partial, f"{prefix}{name}"):
            yield Item(
                label=f"{prefix.strip()}{name}",
                kind=ItemKind.VARIABLE,
                span=span,
                new_text=f"{prefix}{name}{action.close}",
                detail=str(shape),
                words=functools.partial(of_shape, name, shape),
                sort_key=sort_key(_VARIABLE_RANK, number),
                line_indent=action.place.line_indent,
            )


def _declared(action: _Action, partial: str) -> Iterator[Item]:
    for number, (name, origin) in enumerate(action.scope.variables):
        if name != "$":
            shape = (action.data.shape_at(origin) if origin else None) or UNKNOWN
            yield _named(action, name.removeprefix("$"), partial, shape, number)


def _named(action: _Action, name: str, partial: str, shape: Shape, number: int) -> Item:
    span, words = action.place.word_span(partial), functools.partial(of_shape, f"${name}", shape)
    indent = action.place.line_indent
    return Item(name, ItemKind.VARIABLE, span, name, str(shape), words, sort_key(0, number), line_indent=indent)


class _Position(Enum):
    """What may stand at a place of an action."""

    ACTION = "the start of an action"
    COMMAND = "the start of a command"
    PIPED = "a function that is given what stands before the pipe"
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
        return _Position.PIPED if _is_piped(action) else _Position.COMMAND
    return _Position.ARGUMENT if words[0].lstrip("-") in FUNCTIONS else _Position.NOTHING


def _may_stand(function: Function, position: _Position) -> bool:
    """Whether a function may stand at a place: as an argument alone, or with something to take what is piped into it."""
    takes_nothing = function.most_arguments == 0
    return takes_nothing is (position is _Position.ARGUMENT) or position in {_Position.ACTION, _Position.COMMAND}


def _is_piped(action: str) -> bool:
    return action.rstrip().endswith("|")


def _words(action: _Action, partial: str, position: _Position, client: CompletionClient) -> Iterator[Item]:
    place = action.place
    if position is _Position.NOTHING or place.rest_of_line.startswith("."):
        return
    space = " " if place.slice(place.line_start, place.offset - len(partial)).endswith("{{-") else ""
    if not partial and position is not _Position.PIPED:
        yield from _variables(action, "", space + ("." if action.scope.dot == () else "$."))
    span = place.word_span(partial)
    for number, (name, function) in enumerate(FUNCTIONS.items()):
        if _may_stand(function, position) and action.takes(partial, name):
            sort = sort_key(_FUNCTION_RANK, number)
            words = functools.partial(of_template_word, name)
            yield Item(
                name, ItemKind.FUNCTION, span, f"{space}{name}", function.signature, words, sort,
                line_indent=place.line_indent,
            )  # fmt: skip
    if position is _Position.ACTION:
        yield from _keywords(action, partial, space, client)


def _keywords(action: _Action, partial: str, space: str, client: CompletionClient) -> Iterator[Item]:
    span = action.place.word_span(partial)
    if _STARTS_ACTION.match(action.rest or ""):
        return
    for number, word in enumerate(_possible(_open_blocks(action.head))):
        if not action.takes(partial, word):
            continue
        text, is_snippet = _with_room(action, word, client)
        yield Item(
            word, ItemKind.KEYWORD, span, f"{space}{text}", "", functools.partial(of_template_word, word),
            sort_key(_KEYWORD_RANK, number), is_snippet, line_indent=action.place.line_indent,
        )  # fmt: skip


def _with_room(action: _Action, word: str, client: CompletionClient) -> tuple[str, bool]:
    """A keyword with what it needs behind it, and whether that has tab stops."""
    if not client.snippets or (word not in _OPENS and word not in _NAMED):
        return (f"{word}{action.close}" if word not in _OPENS and word not in _NAMED else word), False
    if (action.rest or "").strip():
        return word, False
    inside = f'{word} "$1"{" ." if word != "define" else ""}' if word in _NAMED else f"{word} $1"
    if action.rest is not None:
        return inside, True
    end = snippet_text(" }}")
    return f"{inside}{end}$0{snippet_text('{{ end }}')}" if word in _OPENS else f"{inside}{end}$0", True


def _open_blocks(source: str) -> tuple[str, ...]:
    """The keywords of the blocks that are open at the end of a template's text, outermost first."""
    stack: list[str] = []
    for action in _BLOCK.finditer(source):
        if action[1] != "end":
            stack.append(action[1])
        elif stack:
            stack.pop()
    return tuple(stack)


def _possible(blocks: Sequence[str]) -> Iterator[str]:
    """The keywords that may start an action inside some blocks."""
    for word in sorted(KEYWORDS - {"nil"}):
        needed = {"else": bool(blocks), "end": bool(blocks), "break": "range" in blocks, "continue": "range" in blocks}
        if needed.get(word, True):
            yield word
