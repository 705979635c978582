"""Texts from values: printing, escaping and the everyday text helpers."""

from __future__ import annotations

import re
from typing import Any

from mfo_dialect.templates.formats import format_text
from mfo_dialect.templates.functions.declarations import Function, Parameter
from mfo_dialect.templates.printing import MAX_TEXT, NO_VALUE, print_all, print_line, printed
from mfo_dialect.templates.quoting import escape_html, escape_query, escape_script
from mfo_dialect.templates.values import FunctionError, Kind, as_list, as_map, kind_of

MAX_ELEMENTS = 1_000_000
_WORD_START = re.compile(r"(?:(?<=[\s\-])|^)\w", re.MULTILINE)
_SPACES = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _print(*values: object) -> str:
    return print_all(values)


def _println(*values: object) -> str:
    return print_line(values)


def _printf(template: str, *values: object) -> str:
    return format_text(template, values)


def _plain_text(values: tuple[object, ...]) -> str:
    if len(values) == 1 and kind_of(values[0]) is Kind.STRING:
        return str(values[0])
    return print_all([NO_VALUE if kind_of(value) is Kind.NIL else value for value in values])


def _html(*values: object) -> str:
    return escape_html(_plain_text(values))


def _js(*values: object) -> str:
    return escape_script(_plain_text(values))


def _urlquery(*values: object) -> str:
    return escape_query(_plain_text(values))


def _upper(text: str) -> str:
    return text.upper()


def _lower(text: str) -> str:
    return text.lower()


def _title(text: str) -> str:
    return _WORD_START.sub(lambda match: match[0].upper(), text)


def _trim(text: str) -> str:
    return text.strip(_SPACES)


def _join(separator: str, items: Any) -> str:
    texts = [printed(item) for item in as_list(items) if item is not None]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT:
        raise FunctionError("text is too long")
    return separator.join(texts)


def _split(separator: str, text: str) -> list[str]:
    if (text.count(separator) if separator else len(text)) > MAX_ELEMENTS:
        raise FunctionError("list is too long")
    return text.split(separator) if separator else list(text)


def _replace(old: str, new: str, text: str) -> str:
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise FunctionError("text is too long")
    return text.replace(old, new)


def _contains(part: object, container: object) -> bool:
    match kind_of(container):
        case Kind.STRING:
            if kind_of(part) is not Kind.STRING:
                raise FunctionError("a text can only contain a text")
            return str(part) in str(container)
        case Kind.LIST:
            return any(kind_of(item) is kind_of(part) and item == part for item in as_list(container))
        case Kind.MAP:
            return kind_of(part) is Kind.STRING and part in as_map(container)
        case Kind.NIL:
            return False
        case _:
            raise FunctionError("only texts, lists and maps contain something")


def _default(fallback: object, value: object) -> object:
    return value or fallback


def _indent(width: int, text: str) -> str:
    if not 0 <= width <= 1000:  # noqa: PLR2004 - no text is indented further
        raise FunctionError("indentation is out of range")
    if len(text) + (text.count("\n") + 1) * width > MAX_TEXT:
        raise FunctionError("text is too long")
    margin = " " * width
    return margin + text.replace("\n", "\n" + margin)


_ANY = (Parameter("values", repeats=True),)
_TEXT = Parameter("text", Kind.STRING)

PRINTING = (
    Function(
        "print", _ANY, "string",
        "The values as text, with a space between two of which neither is a text.", "{{ print .a .b }}", _print,
    ),
    Function(
        "printf", (Parameter("format", Kind.STRING), *_ANY), "string",
        "The values by a format: `%s` text, `%d` integer, `%.2f` decimal, `%q` quoted, `%v` any value.",
        '{{ printf "%-10s %5.2f" .name .price }}', _printf,
    ),
    Function(
        "println", _ANY, "string", "The values as text with spaces between them, and a line break.",
        "{{ println .a .b }}", _println,
    ),
    Function("html", _ANY, "string", "The values as text for HTML, escaped.", "{{ html .comment }}", _html),
    Function("js", _ANY, "string", "The values as text for a JavaScript string, escaped.", "{{ js .name }}", _js),
    Function("urlquery", _ANY, "string", "The values as text for a URL's query, escaped.", "{{ urlquery .q }}", _urlquery),
)  # fmt: skip

HELPERS = (
    Function("upper", (_TEXT,), "string", "The text in capital letters.", "{{ .name | upper }}", _upper, is_builtin=False),
    Function("lower", (_TEXT,), "string", "The text in small letters.", "{{ .name | lower }}", _lower, is_builtin=False),
    Function(
        "title", (_TEXT,), "string", "The text with a capital at the start of each word.", "{{ .name | title }}",
        _title, is_builtin=False,
    ),
    Function(
        "trim", (_TEXT,), "string", "The text without white space at its ends.", "{{ .answer | trim }}",
        _trim, is_builtin=False,
    ),
    Function(
        "join", (Parameter("separator", Kind.STRING), Parameter("items", Kind.LIST)), "string",
        "The elements of a list as one text, the separator between them; nulls are left out.",
        '{{ .tags | join ", " }}', _join, is_builtin=False,
    ),
    Function(
        "split", (Parameter("separator", Kind.STRING), _TEXT), "list",
        "The parts of a text between separators; an empty separator splits into characters.",
        '{{ range split "," .csv }}', _split, is_builtin=False,
    ),
    Function(
        "replace", (Parameter("old", Kind.STRING), Parameter("new", Kind.STRING), _TEXT), "string",
        "The text with every `old` replaced by `new`.", '{{ .path | replace "/" "." }}', _replace, is_builtin=False,
    ),
    Function(
        "contains", (Parameter("part"), Parameter("container")), "bool",
        "Whether a text holds a part, a list an element or a map a key. Nothing contains anything.",
        '{{ if .title | contains "urgent" }}', _contains, is_builtin=False,
    ),
    Function(
        "default", (Parameter("fallback"), Parameter("value")), "any",
        "The value, or the fallback where the value is empty or missing.", '{{ .name | default "there" }}',
        _default, is_builtin=False,
    ),
    Function(
        "indent", (Parameter("width", Kind.INT), _TEXT), "string", "The text with spaces before each line.",
        "{{ .code | indent 4 }}", _indent, is_builtin=False,
    ),
)  # fmt: skip
