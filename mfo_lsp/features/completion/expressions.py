"""Inside expressions: names, fields, functions with their signatures, and keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mfo_dialect.analysis.expression_texts import names_of
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.expressions import FUNCTIONS, KEYWORDS, Token, TokenKind, tokenize
from mfo_dialect.expressions.tokens import WORD_OPERATORS
from mfo_dialect.shapes import UNKNOWN, Kind, Shape, step
from mfo_dialect.text import Span
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, sort_key
from mfo_lsp.features.completion.paths import fields_of, node_choices
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.documentation import code, of_expression_word, of_shape, paragraphs

_PATH = re.compile(r"(?P<parents>(?:[A-Za-z_$][\w$]*)(?:\??\.[A-Za-z_]\w*|\[\d+\])*)\??\.(?P<partial>\w*)\Z")
_WORD = re.compile(r"(?<![\w$.#])[A-Za-z_$]?[\w$]*\Z")
_STEP = re.compile(r"[A-Za-z_$][\w$]*|\d+")
_REST = re.compile(r"\w*")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")
_LET = re.compile(r"\blet\s+([A-Za-z_]\w*)\s*=")
_ENDS_OPERAND = {TokenKind.IDENTIFIER, TokenKind.NUMBER, TokenKind.STRING}
_OPERATORS = ("and", "or", "in", "not in", "contains", "startsWith", "endsWith", "matches")
_NAME_RANK, _FUNCTION_RANK, _KEYWORD_RANK = 4, 6, 8


def expression_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    """What an expression may go on with under the cursor."""
    view = place.owner.view
    source = place.before()
    is_glued = place.text[place.offset - 1 : place.offset] == ":" and not source
    if view is None or is_glued or _is_inside_text(source):
        return
    path = _PATH.search(source)
    if path is not None:
        yield from _fields(place, path, view)
        return
    word = _WORD.search(source)
    if word is None or source[: word.start()].rstrip().endswith((".", "#")):
        return
    partial = word.group()
    before = [token for token in tokenize(source[: word.start()]) if token.kind is not TokenKind.END]
    if before and _ends_operand(before[-1]):
        yield from _operators(place, partial)
        return
    is_piped = bool(before) and before[-1].text == "|"
    has_path = place.text[_span(place, partial).end :].startswith((".", "?.", "["))
    if not is_piped:
        yield from _names(place, view, partial, source)
    if not has_path:
        yield from _functions(place, partial, client)
    if not is_piped and not has_path:
        yield from _keywords(place, partial)


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


def _span(place: Place, partial: str) -> Span:
    rest = _REST.match(place.rest_of_line)
    return Span(place.offset - len(partial), place.offset + (rest.end() if rest is not None else 0))


def _fields(place: Place, path: re.Match[str], view: NodeView) -> Iterator[Item]:
    names, _ = names_of(view, place.snapshot.bundle)
    steps = [found.group() for found in _STEP.finditer(path["parents"])]
    shape: Shape | None = names.get(steps[0])
    for name in steps[1:]:
        shape = step(shape, name) if shape is not None else None
    if shape is None:
        return
    for number, choice in enumerate(fields_of(".".join(steps), shape)):
        if _PLAIN_NAME.fullmatch(choice.name):
            yield Item(
                choice.name,
                ItemKind.FIELD,
                _span(place, path["partial"]),
                choice.name,
                choice.detail,
                choice.documentation,
                sort_key(0, number),
            )


def _names(place: Place, view: NodeView, partial: str, source: str) -> Iterator[Item]:
    known, _ = names_of(view, place.snapshot.bundle)
    span = _span(place, partial)
    nodes = {choice.name: choice for choice in node_choices(place, view.flow)}
    for number, (name, shape) in enumerate(known.items()):
        if name in view.flow.by_id and _is_node(shape, name, known):
            choice = nodes.get(name)
            if choice is not None:
                text = _written(name)
                sort = sort_key(choice.rank, number)
                yield Item(name, ItemKind.NODE, span, text, choice.detail, choice.documentation, sort)
        elif not (shape.kind is Kind.MAP and not shape.fields and shape.rest is None):
            kind = ItemKind.ROOT if name.isupper() else ItemKind.VARIABLE
            rank = _NAME_RANK + (kind is ItemKind.ROOT)
            yield Item(name, kind, span, _written(name), str(shape), of_shape(name, shape), sort_key(rank, number))
    for name in dict.fromkeys(_LET.findall(source)):
        words = of_shape(name, UNKNOWN)
        yield Item(name, ItemKind.VARIABLE, span, name, "let", words, sort_key(0, 0))


def _is_node(shape: Shape, name: str, known: Mapping[str, Shape]) -> bool:
    return known.get(name) is shape


def _written(name: str) -> str:
    """A name as an expression reads it: ids with dashes through ``$env``."""
    return name if _PLAIN_NAME.fullmatch(name) else f'$env["{name}"]'


def _functions(place: Place, partial: str, client: CompletionClient) -> Iterator[Item]:
    span = _span(place, partial)
    has_bracket = place.text[span.end : span.end + 1] == "("
    for number, (name, function) in enumerate(FUNCTIONS.items()):
        text = name if has_bracket else f"{name}($0)" if client.snippets else f"{name}("
        yield Item(
            label=name,
            kind=ItemKind.FUNCTION,
            span=span,
            new_text=text,
            detail=function.signatures[0].label(name),
            documentation=of_expression_word(name),
            sort_key=sort_key(_FUNCTION_RANK, number),
            is_snippet=client.snippets and not has_bracket,
        )


def _keywords(place: Place, partial: str) -> Iterator[Item]:
    for number, word in enumerate(KEYWORDS):
        if word != "else":
            words = of_expression_word(word)
            yield Item(word, ItemKind.KEYWORD, _span(place, partial), word, "", words, sort_key(_KEYWORD_RANK, number))


def _operators(place: Place, partial: str) -> Iterator[Item]:
    for number, word in enumerate(_OPERATORS):
        words = paragraphs(f"The operator {code(word)}.")
        yield Item(word, ItemKind.KEYWORD, _span(place, partial), word, "operator", words, sort_key(0, number))
