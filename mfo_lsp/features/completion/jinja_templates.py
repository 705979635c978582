"""Inside ``{{`` and ``{%`` of a jinja2 template: variables, fields, filters, tests, functions and tags."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mfo_dialect.shapes import BOOLEAN, INTEGER, UNKNOWN, Shape, open_map, step
from mfo_dialect.templates.jinja import JINJA_FILTERS, JINJA_TESTS
from mfo_dialect.templates.jinja.signatures import (
    JinjaCallable,
    jinja_filter,
    jinja_function,
    jinja_functions,
    jinja_test,
)
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, Words, no_words, snippet_text, sort_key
from mfo_lsp.features.completion.paths import fields_of
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.template_data import TemplateData, item_of
from mfo_lsp.features.documentation import of_jinja_callable, of_shape

_FILTER = re.compile(r"\|\s*(?P<partial>\w*)\Z")
_TEST = re.compile(r"\bis\s+(?:not\s+)?(?P<partial>\w*)\Z")
_TAG = re.compile(r"\A[-+]?\s*(?P<partial>\w*)\Z")
_PATH = re.compile(r"(?<![\w.\])\"'])(?P<parents>[A-Za-z_]\w*(?:\.\w+|\[\d+\])*)\.(?P<partial>\w*)\Z")
_BEHIND_DOT = re.compile(r"\.\s*\w*\Z")
_WORD = re.compile(r"(?P<partial>(?:[A-Za-z_]\w*)?)\Z")
_STEP = re.compile(r"\w+")
_OPERAND_END = re.compile(r"[\w)\]}\"']\s*\Z")
_WORD_OPERATOR = re.compile(r"\b(?:and|or|not|in|is|if|elif|else|for|set|recursive|call|filter|with|print|do)\s*\Z")
_BLOCK = re.compile(r"\{%[-+]?\s*(?P<tag>\w+)(?P<rest>.*?)(?:%\}|\Z)", re.DOTALL)
_TAG_GOES_ON = re.compile(r"\w*[ \t]*\w")
_TAKES_NOTHING = re.compile(r"[-+]?\s*(?:else|end\w+|raw|break|continue)\b")
_FOR = re.compile(r"\s+(?P<names>\w+(?:\s*,\s*\w+)*)\s+in\s+(?P<path>\w+(?:\.\w+)*)?")
_SET = re.compile(r"\s+(?P<names>\w+(?:\s*,\s*\w+)*)\s*=")
_CLOSED_LATER = re.compile(r"(?:(?!\{[{%#]).)*?[%}]\}", re.DOTALL)
_PAIRED = ("if", "for", "macro", "call", "filter", "with", "block", "raw", "autoescape")
_CALL = re.compile(r"\w*\s*(?P<name>[A-Za-z_]\w*)\(")
_OPERATORS = ("and", "or", "in", "not in", "is", "if")
_LOOP = open_map({
    "index": INTEGER, "index0": INTEGER, "revindex": INTEGER, "first": BOOLEAN, "last": BOOLEAN, "length": INTEGER,
    "depth": INTEGER, "previtem": UNKNOWN, "nextitem": UNKNOWN,
})  # fmt: skip
_VARIABLE_RANK, _FUNCTION_RANK, _KEYWORD_RANK = 0, 4, 6


@dataclass(frozen=True, slots=True)
class _Action:
    """The action that is typed: what stands before it, whether it is a statement, and what is typed of it."""

    place: Place
    names: Mapping[str, Shape]
    blocks: tuple[str, ...]
    inside: str
    is_statement: bool

    @property
    def close(self) -> str:
        """What an item has to bring so that the action is closed."""
        behind = self.place.behind() or self.place.rest_of_line
        return "" if _CLOSED_LATER.match(behind) else " %}" if self.is_statement else " }}"

    def item(self, label: str, kind: ItemKind, partial: str, sort: str, detail: str, words: Words) -> Item:
        """The item for a word that is written as it is called."""
        span = self.place.word_span(partial)
        return Item(label, kind, span, label, detail, words, sort, line_indent=self.place.line_indent)


def jinja_items(place: Place, data: TemplateData, opened: re.Match[str], client: CompletionClient) -> Iterator[Item]:
    """What the action under the cursor may go on with; ``opened`` are its braces in the text before the cursor."""
    source = place.before()
    head, inside = source[: opened.start()], source[opened.end() :]
    blocks, names = _surroundings(head, data)
    action = _Action(place, names, blocks, inside, opened.group() == "{%")
    tag = _TAG.search(inside)
    if action.is_statement and tag is not None:
        yield from _tags(action, tag["partial"], client)
        return
    for pattern, known, described in ((_FILTER, JINJA_FILTERS, jinja_filter), (_TEST, _tests(), jinja_test)):
        word = pattern.search(inside)
        if word is not None:
            yield from _calls(action, word["partial"], known, described, client)
            return
    path = _PATH.search(inside)
    if path is not None:
        yield from _fields(action, path)
    elif _BEHIND_DOT.search(inside) is None:
        yield from _words(action, client)


def _tests() -> Iterable[str]:
    return (name for name in JINJA_TESTS if name.isidentifier() and name not in {"in", "true", "false", "none"})


def _surroundings(head: str, data: TemplateData) -> tuple[tuple[str, ...], Mapping[str, Shape]]:
    """The blocks that are open behind a template's text, outermost first, and the names that may be read there."""
    opened: list[tuple[str, dict[str, Shape]]] = [("", dict(data.variables))]
    for block in _BLOCK.finditer(head):
        tag = block["tag"]
        if tag.startswith("end"):
            opened = opened[:-1] if len(opened) > 1 else opened
        elif tag == "set":
            opened[-1][1].update(dict.fromkeys(_declared(_SET, block["rest"]), UNKNOWN))
        elif tag in _PAIRED:
            opened.append((tag, _of_loop(block["rest"], opened) if tag == "for" else {}))
    names: dict[str, Shape] = {}
    for _, declared in opened:
        names.update(declared)
    return tuple(tag for tag, _ in opened[1:]), names


def _of_loop(rest: str, opened: list[tuple[str, dict[str, Shape]]]) -> dict[str, Shape]:
    names = _declared(_FOR, rest)
    found = _FOR.match(rest)
    shape: Shape | None = None
    for number, name in enumerate((found["path"] or "").split(".") if found is not None else ()):
        known = next((declared[name] for _, declared in reversed(opened) if name in declared), None)
        shape = known if number == 0 else step(shape, name) if shape is not None else None
    item = item_of(shape) if shape is not None and len(names) == 1 else UNKNOWN
    return {**dict.fromkeys(names, item), "loop": _LOOP}


def _declared(pattern: re.Pattern[str], rest: str) -> tuple[str, ...]:
    found = pattern.match(rest)
    return tuple(_STEP.findall(found["names"])) if found is not None else ()


def _fields(action: _Action, path: re.Match[str]) -> Iterator[Item]:
    steps = _STEP.findall(path["parents"])
    shape = action.names.get(steps[0])
    for name in steps[1:]:
        shape = step(shape, name) if shape is not None else None
    for number, choice in enumerate(fields_of(path["parents"], shape) if shape is not None else ()):
        yield action.item(
            choice.name, ItemKind.FIELD, path["partial"], sort_key(_VARIABLE_RANK, number), choice.detail, choice.words
        )


def _calls(
    action: _Action,
    partial: str,
    names: Iterable[str],
    described: Callable[[str], JinjaCallable | None],
    client: CompletionClient,
) -> Iterator[Item]:
    for number, name in enumerate(names):
        found = described(name)
        if found is None:
            continue
        needs = any("=" not in parameter.label and not parameter.repeats for parameter in found.parameters)
        has_room = needs and client.snippets and not action.place.rest_of_line.startswith("(")
        words, sort = functools.partial(of_jinja_callable, found), sort_key(_FUNCTION_RANK, number)
        item = action.item(name, ItemKind.FUNCTION, partial, sort, found.signature, words)
        yield replace(item, new_text=f"{name}($0)" if has_room else name, is_snippet=has_room)


def _words(action: _Action, client: CompletionClient) -> Iterator[Item]:
    if action.is_statement and _TAKES_NOTHING.match(action.inside):
        return
    word = _WORD.search(action.inside)
    partial = word["partial"] if word is not None else ""
    before = action.inside[: len(action.inside) - len(partial)]
    if _OPERAND_END.search(before) and not _WORD_OPERATOR.search(before):
        calls = _CALL.match(action.place.behind() or action.place.rest_of_line)
        for number, name in enumerate(_OPERATORS if before.endswith((" ", "\n", "\t")) else ()):
            if calls is not None and (jinja_test if name == "is" else jinja_function)(calls["name"]) is None:
                continue
            yield action.item(name, ItemKind.KEYWORD, partial, sort_key(_KEYWORD_RANK, number), "operator", no_words)
        return
    for number, (name, shape) in enumerate(action.names.items()):
        close = action.close if not action.is_statement and not before.strip(" -+") else ""
        words, sort = functools.partial(of_shape, name, shape), sort_key(_VARIABLE_RANK, number)
        item = action.item(name, ItemKind.VARIABLE, partial, sort, str(shape), words)
        yield replace(item, new_text=f"{name}{close}")
    yield from _calls(action, partial, jinja_functions(), jinja_function, client)


def _tags(action: _Action, partial: str, client: CompletionClient) -> Iterator[Item]:
    behind = action.place.behind() or action.place.rest_of_line
    if _TAG_GOES_ON.match(behind):
        return
    for number, (tag, form) in enumerate(_possible_tags(action.blocks)):
        close = action.close
        is_snippet = client.snippets and bool(form)
        text = f"{tag}{close}" if not form else tag
        if is_snippet:
            text = f"{tag} {form}"
            if close:
                end = snippet_text(f"{{% end{tag} %}}") if tag in _PAIRED else ""
                text += f"{snippet_text(close)}$0{end}"
        item = action.item(tag, ItemKind.KEYWORD, partial, sort_key(_KEYWORD_RANK, number), "tag", no_words)
        yield replace(item, new_text=text, is_snippet=is_snippet)


def _possible_tags(blocks: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The tags that may stand inside some blocks, with the form of what follows, tab stops in it."""
    if blocks:
        if blocks[-1] in {"if", "for"}:
            yield "else", ""
        if blocks[-1] == "if":
            yield "elif", "$1"
        yield f"end{blocks[-1]}", ""
    yield from (("if", "$1"), ("for", "${2:item} in $1"), ("set", "${1:name} = $2"), ("with", "${1:name} = $2"))
    yield from (("macro", "${1:name}()"), ("filter", "${1:trim}"), ("raw", ""))
