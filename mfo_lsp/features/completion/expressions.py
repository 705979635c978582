"""Inside expressions: names, fields, functions with their signatures, and keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from mfo_dialect.analysis.expression_texts import names_of, other_names_of
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.expressions import FUNCTIONS, KEYWORDS, Token, TokenKind, tokenize
from mfo_dialect.expressions.tokens import WORD_OPERATORS
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules.expressions.not_a_branch_value import BRANCH_VALUES
from mfo_dialect.shapes import UNKNOWN, Kind, Shape, step
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, Words, snippet_text, sort_key
from mfo_lsp.features.completion.paths import fields_of, node_choices, seen_fields
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.probing import Probe, split_at_cursor
from mfo_lsp.features.documentation import code, of_expression_word, of_shape, paragraphs
from mfo_lsp.features.recorded import WantedPath, recorded_in_expression

_PATH = re.compile(r"(?P<parents>(?:[A-Za-z_$][\w$]*)(?:\??\.[A-Za-z_]\w*|\[\d+\])*)\??\.(?P<partial>\w*)\Z")
_WORD = re.compile(r"(?<![\w$.#])[A-Za-z_$]?[\w$]*\Z")
_STEP = re.compile(r"[A-Za-z_$][\w$]*|\d+")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")
_NAME_GOES_ON = re.compile(r"\w*[$\"'`#]")
_OPERAND = re.compile(r"""[\w$.?\[\]"]*\Z""")
_LET = re.compile(r"\blet\s+([A-Za-z_]\w*)\s*=")
_ENDS_OPERAND = {TokenKind.IDENTIFIER, TokenKind.NUMBER, TokenKind.STRING}
_OPERATORS = ("and", "or", "in", "not in", "contains", "startsWith", "endsWith", "matches")
_NAME_RANK, _FUNCTION_RANK, _KEYWORD_RANK = 4, 6, 8


@dataclass(frozen=True, slots=True)
class _Gap:
    """The word that is half typed.

    Attributes:
        place: where.
        view: whose expression it is.
        partial: what is typed of the word.
        names: what the expression may read.
        probe: tries what may stand there.
        client: what the editor can do with items.
    """

    place: Place
    view: NodeView
    partial: str
    names: Mapping[str, Shape]
    probe: Probe
    client: CompletionClient

    def item(self, name: str, kind: ItemKind, detail: str, words: Words, sort: str, text: str = "") -> Item:
        """The item for a name; ``text`` is how it is written where that is otherwise."""
        span = self.place.word_span(self.partial)
        return Item(name, kind, span, text or name, detail, words, sort, line_indent=self.place.line_indent)

    def left_open(self, item: Item, shape: Shape) -> Item:
        """An item for a value, with room for a comparison behind it where the condition needs one."""
        if not self.client.snippets or item.new_text.endswith(".") or not self.is_unfinished(shape):
            return item
        return replace(item, new_text=f"{snippet_text(item.new_text)} $1", is_snippet=True)

    def is_unfinished(self, shape: Shape) -> bool:
        """Whether a value is all of a condition so far, and chooses no branch: it is to be compared with something."""
        is_whole = not self.probe.behind.strip() and not _OPERAND.sub("", self.probe.before).strip()
        return isinstance(self.view.node, Condition) and is_whole and shape.kind not in BRANCH_VALUES


def expression_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    """What an expression may go on with under the cursor."""
    view = place.owner.view
    source = place.before()
    is_glued = (place.slice(place.offset - 1, place.offset) == ":" and not source) or _NAME_GOES_ON.match(
        place.behind()
    )
    if view is None or is_glued or _is_inside_text(source):
        return
    path = _PATH.search(source)
    if path is not None:
        yield from _fields(_gap(place, view, path["partial"], client), path["parents"])
        return
    word = _WORD.search(source)
    if word is None or source[: word.start()].rstrip().endswith((".", "#")):
        return
    gap = _gap(place, view, word.group(), client)
    before = [token for token in tokenize(source[: word.start()]) if token.kind is not TokenKind.END]
    if before and _ends_operand(before[-1]):
        yield from _operators(gap)
        return
    is_piped = bool(before) and before[-1].text == "|"
    if not is_piped:
        yield from _names(gap, source)
    if not gap.probe.behind.startswith((".", "?.", "[")):
        yield from _functions(gap, client, is_piped=is_piped)
        if not is_piped:
            yield from _keywords(gap)


def _gap(place: Place, view: NodeView, partial: str, client: CompletionClient) -> _Gap:
    names, _ = names_of(view, place.snapshot.bundle)
    return _Gap(place, view, partial, names, Probe(names, *split_at_cursor(place, partial)), client)


def _is_inside_text(source: str) -> bool:
    """Whether the cursor is inside a string or a comment."""
    tokens = tokenize(source)
    last = tokens[-2] if len(tokens) > 1 else None
    if last is None:
        return False
    is_open = last.kind is TokenKind.FAULT and source[last.span.start : last.span.start + 1] in {'"', "'", "`", "/"}
    is_line_comment = last.kind is TokenKind.COMMENT and source.startswith("//", last.span.start)
    return is_open or (is_line_comment and last.span.end == len(source))


def _ends_operand(token: Token) -> bool:
    if token.text in WORD_OPERATORS:
        return False
    return token.kind in _ENDS_OPERAND or (token.kind is TokenKind.BRACKET and token.text in {")", "]", "}"})


def _fields(gap: _Gap, parents: str) -> Iterator[Item]:
    steps = [found.group() for found in _STEP.finditer(parents)]
    shape: Shape | None = gap.names.get(steps[0])
    for name in steps[1:]:
        shape = step(shape, name) if shape is not None else None
    if shape is None:
        return
    found = [
        *fields_of(".".join(steps), shape),
        *seen_fields(shape, recorded_in_expression(steps, gap.view, gap.place.snapshot), gap.place),
    ]
    for number, choice in enumerate(found):
        if _PLAIN_NAME.fullmatch(choice.name):
            dot = _dot(gap, choice.name, choice.shape, goes_on=choice.goes_on)
            if dot is not None:
                sort = sort_key(choice.rank, number)
                item = gap.item(choice.name, choice.kind, choice.detail, choice.words, sort, choice.name + dot)
                yield gap.left_open(item, choice.shape)


def _dot(gap: _Gap, name: str, shape: Shape, *, goes_on: bool) -> str | None:
    """What has to follow a name: nothing, or a dot where the name's own value does not fit; None where neither does.

    A condition gives true, false or a number, never a map.
    """
    if gap.probe.takes_value(name, shape) and not (
        goes_on and gap.probe.is_free and isinstance(gap.view.node, Condition)
    ):
        return ""
    return "." if goes_on and gap.probe.takes_field_of(name) else None


def wanted_by_expression(place: Place) -> WantedPath | None:
    """What runs have recorded of the path that is half typed in an expression; None where none is."""
    view = place.owner.view
    path = _PATH.search(place.before())
    if view is None or path is None:
        return None
    return recorded_in_expression(_STEP.findall(path["parents"]), view, place.snapshot)


def _names(gap: _Gap, source: str) -> Iterator[Item]:
    nodes = {choice.name: choice for choice in node_choices(gap.place, gap.view.flow, gap.partial)}
    others = (name for name in other_names_of(gap.view, gap.place.snapshot.bundle) if name not in gap.view.flow.by_id)
    for number, name in enumerate((*nodes, *others)):
        choice, shape = nodes.get(name), gap.names[name]
        is_node = choice is not None and choice.shape is shape
        if _is_empty(shape):
            continue
        dot = _dot(gap, _written(name), shape, goes_on=shape.kind is Kind.MAP and bool(shape.fields))
        if dot is None:
            continue
        text = _written(name) + dot
        if choice is not None and is_node:
            item = gap.item(name, ItemKind.NODE, choice.detail, choice.words, sort_key(choice.rank, number), text)
            yield gap.left_open(item, shape)
        else:
            kind = ItemKind.ROOT if name.isupper() else ItemKind.VARIABLE
            rank = _NAME_RANK + (kind is ItemKind.ROOT)
            item = gap.item(name, kind, str(shape), partial(of_shape, name, shape), sort_key(rank, number), text)
            yield gap.left_open(item, shape)
    for name in dict.fromkeys(_LET.findall(source)):
        yield gap.item(name, ItemKind.VARIABLE, "let", partial(of_shape, name, UNKNOWN), sort_key(0, 0))


def _is_empty(shape: Shape) -> bool:
    return shape.kind is Kind.MAP and not shape.fields and shape.rest is None


def _written(name: str) -> str:
    """A name as an expression reads it: ids with dashes through ``$env``."""
    return name if _PLAIN_NAME.fullmatch(name) else f'$env["{name}"]'


def _functions(gap: _Gap, client: CompletionClient, *, is_piped: bool) -> Iterator[Item]:
    span = gap.place.word_span(gap.partial)
    has_bracket = gap.place.slice(span.end, span.end + 1) == "("
    plain = "()" if gap.probe.behind.strip() else "("
    for number, (name, function) in enumerate(FUNCTIONS.items()):
        if not (gap.probe.takes(name) if has_bracket else gap.probe.takes_call(name, is_piped=is_piped)):
            continue
        yield Item(
            label=name,
            kind=ItemKind.FUNCTION,
            span=span,
            new_text=name if has_bracket else f"{name}($0)" if client.snippets else f"{name}{plain}",
            detail=function.signatures[0].label(name),
            words=partial(of_expression_word, name),
            sort_key=sort_key(_FUNCTION_RANK, number),
            is_snippet=client.snippets and not has_bracket,
            line_indent=gap.place.line_indent,
        )


def _keywords(gap: _Gap) -> Iterator[Item]:
    for number, word in enumerate(KEYWORDS):
        if word != "else" and gap.probe.takes_word(word):
            sort = sort_key(_KEYWORD_RANK, number)
            yield gap.item(word, ItemKind.KEYWORD, "", partial(of_expression_word, word), sort)


def _operators(gap: _Gap) -> Iterator[Item]:
    for number, word in enumerate(_OPERATORS):
        if gap.probe.takes_word(word):
            words = partial(paragraphs, f"The operator {code(word)}.")
            yield gap.item(word, ItemKind.KEYWORD, "operator", words, sort_key(0, number))
