"""Hover over the words of the languages inside texts: functions and keywords, and variables of templates."""

from __future__ import annotations

import re

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import TemplateText
from mfo_dialect.expressions import KEYWORDS, TokenKind, tokenize
from mfo_dialect.templates.jinja import JinjaTemplate
from mfo_dialect.templates.jinja.signatures import jinja_filter, jinja_function, jinja_test
from mfo_dialect.templates.jinja.tokens import jinja_tokens
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import of_expression_word, of_jinja_callable, of_template_word
from mfo_lsp.features.targets import expression_at, template_at

_WORDS = {TokenKind.IDENTIFIER, TokenKind.OPERATOR}
_ACTION = re.compile(r"\{\{.*?(?:\}\}|\Z)", re.DOTALL)
_WORD = re.compile(r"(?<![.$\w\"'`])[A-Za-z_]\w*")


def hover_expression_word(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The function or keyword in an expression under the cursor."""
    text = expression_at(snapshot, document, offset)
    if text is None:
        return None
    index = text.scalar.index_at(offset)
    for token in tokenize(text.scalar.text):
        if (
            token.kind in _WORDS
            and token.span.contains(index)
            and (token.text.isidentifier() or token.text in KEYWORDS)
        ):
            words = of_expression_word(token.text)
            return (text.span_of(token.span), words) if words else None
    return None


def hover_template_word(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The function or keyword in a template under the cursor."""
    text = template_at(snapshot, document, offset)
    if text is None:
        return None
    if isinstance(text.template, JinjaTemplate):
        return _jinja_word(text, text.scalar.index_at(offset))
    index = text.scalar.index_at(offset)
    for action in _ACTION.finditer(text.scalar.text):
        if action.start() <= index <= action.end():
            return _word_in(text, action, index)
    return None


def _jinja_word(text: TemplateText, index: int) -> tuple[Span, str] | None:
    """A filter, a test or a function of jinja2, by what stands before it."""
    before: list[str] = []
    for kind, word, span in jinja_tokens(text.scalar.text):
        if kind == "name" and span.contains(index):
            mark = before[-1] if before else ""
            is_test = mark == "is" or before[-2:] == ["is", "not"]
            look = jinja_filter if mark == "|" else jinja_test if is_test else jinja_function
            found = look(word) if mark != "." else None
            return (text.scalar.span_of(span), of_jinja_callable(found)) if found is not None else None
        if kind != "whitespace":
            before.append(word)
    return None


def _word_in(text: TemplateText, action: re.Match[str], index: int) -> tuple[Span, str] | None:
    for word in _WORD.finditer(text.scalar.text, action.start(), action.end()):
        if word.start() <= index <= word.end():
            words = of_template_word(word.group())
            return (text.scalar.span_of(Span(*word.span())), words) if words else None
    return None
