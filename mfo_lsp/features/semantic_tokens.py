"""What the words of a document mean, for colours: ids, references, expressions and templates inside texts.

YAML itself is left to the editor's own colours. It knows no protocol: places are offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, Flag, auto
from itertools import pairwise

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.parts_at import parts_between
from mfo_dialect.analysis.scopes import RESERVED_ROOTS, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import TemplateText, template_texts_of
from mfo_dialect.analysis.uses import Use
from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES
from mfo_dialect.expressions import FUNCTIONS, KEYWORDS, tokenize
from mfo_dialect.expressions import Token as ExpressionToken
from mfo_dialect.expressions import TokenKind as ExpressionTokenKind
from mfo_dialect.expressions.tokens import WORD_OPERATORS
from mfo_dialect.references import Spelling
from mfo_dialect.steps import Steps
from mfo_dialect.text import LineIndex, Span
from mfo_lsp.features.symbols import Occurrence, SymbolIndex, SymbolKind, index_symbols
from mfo_lsp.features.template_words import Word, WordKind, template_actions

_LINES = 50
"""How many lines are looked at in one step."""


class TokenType(Enum):
    """The types, in the order of the legend; the values are the protocol's own names, which every colour theme knows."""

    NAMESPACE = "namespace"
    TYPE = "type"
    CLASS = "class"
    STRUCT = "struct"
    EVENT = "event"
    FUNCTION = "function"
    METHOD = "method"
    VARIABLE = "variable"
    PARAMETER = "parameter"
    PROPERTY = "property"
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    OPERATOR = "operator"
    COMMENT = "comment"


class Modifier(Flag):
    """What a token is besides, in the order of the legend."""

    NONE = 0
    DECLARATION = auto()
    READONLY = auto()
    DEPRECATED = auto()
    DEFAULT_LIBRARY = auto()


MODIFIER_NAMES = ("declaration", "readonly", "deprecated", "defaultLibrary")
"""The protocol's names of the modifiers, the first bit first."""


@dataclass(frozen=True, slots=True, order=True)
class SemanticToken:
    """One word; ``span`` lies on one line and overlaps no other token's."""

    span: Span
    type: TokenType
    modifiers: Modifier = Modifier.NONE


def semantic_tokens(snapshot: Snapshot, document: str, within: Span | None = None) -> tuple[SemanticToken, ...]:
    """The tokens of one text, in the order of the text.

    Args:
        snapshot: the bundle.
        document: the key of the text; one that the bundle has not has no tokens.
        within: only those that touch this stretch; all where it is None.
    """
    source = snapshot.bundle.sources.get(document)
    return tuple(_found(snapshot, source, index_symbols(snapshot), within)) if source is not None else ()


def semantic_tokens_in_steps(
    snapshot: Snapshot, document: str, count: int = _LINES
) -> Steps[tuple[SemanticToken, ...]]:
    """All tokens of one text, ``count`` lines at a time."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return ()
    found: list[SemanticToken] = []
    names, lines = index_symbols(snapshot), source.tree.lines
    for line in range(0, lines.line_count, count):
        within = Span(lines.line_start(line), lines.line_start(line + count))
        is_last = line + count >= lines.line_count
        of_stretch = _found(snapshot, source, names, within)
        found += [
            one for one in of_stretch if within.start <= one.span.start and (is_last or one.span.start < within.end)
        ]
        yield
    return tuple(found)


def _found(snapshot: Snapshot, source: Source, names: SymbolIndex, within: Span | None) -> Iterator[SemanticToken]:
    document, lines = source.key, source.tree.lines
    said = names.in_document(document) if within is None else names.between(document, within)
    within = within or Span(0, lines.length)
    every = tokens_of(said, parts_between(snapshot, document, within), snapshot, lines.slice)
    return in_lines((token for token in every if _is_within(token.span, within)), lines)


def _is_within(span: Span, within: Span) -> bool:
    return span.start < span.end and span.start <= within.end and within.start <= span.end


def tokens_of(
    said: Iterable[Occurrence], parts: Iterable[Part], snapshot: Snapshot, read: Callable[[int, int], str]
) -> list[SemanticToken]:
    """All tokens of some names and parts, by place; they may overlap, and run over several lines.

    Args:
        said: the names.
        parts: the parts.
        snapshot: the bundle.
        read: gives what stands between two offsets.
    """
    found = [_name(one, read) for one in said]
    found += [token for part in parts for tokens in _of_part(part, snapshot) for token in tokens]
    found.sort(key=lambda token: token.span.start)  # of two that start together, the more telling one comes first
    return found


def in_lines(tokens: Iterable[SemanticToken], lines: LineIndex) -> Iterator[SemanticToken]:
    """Tokens in pieces of one line each, none of which overlaps another one."""
    return _apart(piece for token in tokens for piece in _by_line(token, lines))


def _of_part(part: Part, snapshot: Snapshot) -> Iterator[Iterator[SemanticToken]]:
    """The tokens besides names that stand in a part, those that tell most first; they may overlap."""
    for use in snapshot.uses_of(part):
        yield _reference(use)
    for expression in expression_texts_of(part, snapshot) if isinstance(part, NodeView) else ():
        yield _expression(expression)
    for template in template_texts_of(part, snapshot):
        yield _template(template)
    yield _deprecated_keys(part, snapshot)


def _apart(tokens: Iterable[SemanticToken]) -> Iterator[SemanticToken]:
    end = 0
    for token in tokens:
        if token.span.start >= end:
            yield token
            end = token.span.end


def _by_line(token: SemanticToken, lines: LineIndex) -> Iterator[SemanticToken]:
    """A token in pieces of one line each, the white space at the ends of lines left out."""
    first, last = lines.line_of(token.span.start), lines.line_of(token.span.end)
    if first == last:
        yield token
        return
    for line in range(first, last + 1):
        text, line_start = lines.line_text(line), lines.line_start(line)
        start = max(token.span.start, line_start + len(text) - len(text.lstrip()))
        end = min(token.span.end, line_start + len(text.rstrip()))
        if start < end:
            yield SemanticToken(Span(start, end), token.type, token.modifiers)


_NAMES = {
    SymbolKind.NODE: TokenType.FUNCTION,
    SymbolKind.INPUT: TokenType.PARAMETER,
    SymbolKind.OUTPUT: TokenType.PROPERTY,
    SymbolKind.VAR: TokenType.VARIABLE,
    SymbolKind.TASKFLOW: TokenType.NAMESPACE,
    SymbolKind.TRIGGER: TokenType.EVENT,
    SymbolKind.TASK_TYPE: TokenType.TYPE,
    SymbolKind.PROMPT_TEMPLATE: TokenType.CLASS,
    SymbolKind.ERROR_TEMPLATE: TokenType.CLASS,
    SymbolKind.VARIABLE: TokenType.PARAMETER,
    SymbolKind.AGENT: TokenType.CLASS,
    SymbolKind.AGENT_VARIABLE: TokenType.PARAMETER,
    SymbolKind.CAPABILITY: TokenType.PROPERTY,
    SymbolKind.TOOL: TokenType.METHOD,
    SymbolKind.SCHEMA: TokenType.STRUCT,
    SymbolKind.SECRET: TokenType.VARIABLE,
    SymbolKind.ENVIRONMENT: TokenType.VARIABLE,
}
_READONLY = {SymbolKind.SECRET, SymbolKind.ENVIRONMENT}


def _name(found: Occurrence, read: Callable[[int, int], str]) -> SemanticToken:
    kind = found.symbol.kind
    modifiers = Modifier.DECLARATION if found.is_declaration else Modifier.NONE
    if kind in _READONLY:
        modifiers |= Modifier.READONLY
    if kind is SymbolKind.TASK_TYPE and not found.is_declaration:
        written = read(*found.span)
        is_ours = written in BUILT_IN or written in OLDER_NAMES
        modifiers |= Modifier.DEFAULT_LIBRARY if is_ours else Modifier.NONE
        modifiers |= Modifier.DEPRECATED if written in OLDER_NAMES else Modifier.NONE
    return SemanticToken(found.span, _NAMES[kind], modifiers)


def _reference(use: Use) -> Iterator[SemanticToken]:
    reference = use.reference
    for index, segment in enumerate(reference.segments):
        is_root = index == 0 and segment.name in RESERVED_ROOTS
        type_ = TokenType.NAMESPACE if is_root else TokenType.FUNCTION if index == 0 else TokenType.PROPERTY
        modifiers = Modifier.DEFAULT_LIBRARY if is_root else Modifier.NONE
        yield SemanticToken(use.segment_span(index), type_, modifiers)
    if reference.spelling is not Spelling.BARE and reference.segments:
        opening = Span(reference.span.start, min(reference.span.start + 2, reference.segments[0].span.start))
        yield SemanticToken(use.scalar.span_of(opening), TokenType.OPERATOR)
        if not reference.problem:
            closing = Span(reference.span.end - 1, reference.span.end)
            yield SemanticToken(use.scalar.span_of(closing), TokenType.OPERATOR)


_EXPRESSION_TYPES = {
    ExpressionTokenKind.NUMBER: TokenType.NUMBER,
    ExpressionTokenKind.STRING: TokenType.STRING,
    ExpressionTokenKind.BYTES: TokenType.STRING,
    ExpressionTokenKind.COMMENT: TokenType.COMMENT,
}
_BEFORE_MEMBER = {".", "?."}


def _expression(text: ExpressionText) -> Iterator[SemanticToken]:
    tokens = tokenize(text.scalar.text)
    before = ""
    for token, after in pairwise(tokens):
        found = _of_expression_token(
            token, before, is_called=after.kind is ExpressionTokenKind.BRACKET and after.text == "("
        )
        if found is not None:
            yield SemanticToken(text.span_of(token.span), *found)
        before = token.text if token.kind is ExpressionTokenKind.OPERATOR else ""


def _of_expression_token(token: ExpressionToken, before: str, *, is_called: bool) -> tuple[TokenType, Modifier] | None:
    if token.kind is ExpressionTokenKind.OPERATOR:
        is_word = token.text in WORD_OPERATORS
        return (TokenType.KEYWORD if is_word else TokenType.OPERATOR), Modifier.NONE
    if token.kind is not ExpressionTokenKind.IDENTIFIER:
        plain = _EXPRESSION_TYPES.get(token.kind)
        return (plain, Modifier.NONE) if plain is not None else None
    if before in _BEFORE_MEMBER:
        return (TokenType.METHOD if is_called else TokenType.PROPERTY), Modifier.NONE
    if token.text in KEYWORDS:
        return TokenType.KEYWORD, Modifier.NONE
    if is_called and token.text in FUNCTIONS:
        return TokenType.FUNCTION, Modifier.DEFAULT_LIBRARY
    if token.text in RESERVED_ROOTS:
        return TokenType.NAMESPACE, Modifier.DEFAULT_LIBRARY
    return TokenType.VARIABLE, Modifier.NONE


_WORDS = {
    WordKind.MARK: (TokenType.OPERATOR, Modifier.NONE),
    WordKind.KEYWORD: (TokenType.KEYWORD, Modifier.NONE),
    WordKind.FUNCTION: (TokenType.FUNCTION, Modifier.DEFAULT_LIBRARY),
    WordKind.FIELD: (TokenType.PROPERTY, Modifier.NONE),
    WordKind.VARIABLE: (TokenType.VARIABLE, Modifier.NONE),
    WordKind.TEXT: (TokenType.STRING, Modifier.NONE),
    WordKind.NUMBER: (TokenType.NUMBER, Modifier.NONE),
    WordKind.OPERATOR: (TokenType.OPERATOR, Modifier.NONE),
    WordKind.COMMENT: (TokenType.COMMENT, Modifier.NONE),
}


def _template(text: TemplateText) -> Iterator[SemanticToken]:
    for action in template_actions(text.template):
        for word in action.words:
            yield SemanticToken(text.scalar.span_of(_without_dot(word, text.scalar.text)), *_WORDS[word.kind])


def _without_dot(word: Word, text: str) -> Span:
    has_dot = word.kind is WordKind.FIELD and text.startswith(".", word.span.start)
    return Span(word.span.start + has_dot, word.span.end)


def _deprecated_keys(part: Part, snapshot: Snapshot) -> Iterator[SemanticToken]:
    for visit in snapshot.visits_of(part):
        if visit.key is not None and visit.key.replacement and visit.pair is not None:
            yield SemanticToken(visit.pair.key.span, TokenType.PROPERTY, Modifier.DEPRECATED)
