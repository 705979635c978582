"""The builtin functions for text."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import Any

from mfo_dialect.expressions.functions.declaration import Function, parameter, signature
from mfo_dialect.expressions.functions.values import integer_of, list_of, text_of
from mfo_dialect.expressions.types import BOOLEAN, INTEGER, LIST, TEXT, TEXTS
from mfo_dialect.expressions.values.budget import MAX_ITEMS, Budget, Failure

_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _trim(_: Budget, text: Any, characters: Any = _SPACE) -> str:
    wanted = text_of(characters)
    return text_of(text).strip(wanted) if wanted else text_of(text)


def _trim_prefix(_: Budget, text: Any, prefix: Any = " ") -> str:
    return text_of(text).removeprefix(text_of(prefix))


def _trim_suffix(_: Budget, text: Any, suffix: Any = " ") -> str:
    return text_of(text).removesuffix(text_of(suffix))


def _upper(_: Budget, text: Any) -> str:
    return _cased(text_of(text), str.upper)


def _lower(_: Budget, text: Any) -> str:
    return _cased(text_of(text), str.lower)


def _cased(text: str, change: Any) -> str:
    """Letter by letter, since the reference never turns one letter into several."""
    if text.isascii():
        return change(text)
    changed = (change(character) for character in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(changed, text, strict=True))


def _split(budget: Budget, text: Any, separator: Any, most: Any = -1) -> list[str]:
    return _parts(budget, text_of(text), text_of(separator), integer_of(most))


def _split_after(budget: Budget, text: Any, separator: Any, most: Any = -1) -> list[str]:
    mark = text_of(separator)
    parts = _parts(budget, text_of(text), mark, integer_of(most))
    return [part + mark for part in parts[:-1]] + parts[-1:]


def _parts(budget: Budget, text: str, separator: str, most: int) -> list[str]:
    if most == 0:
        return []
    budget.spend(len(text))
    if separator:
        parts = text.split(separator, most - 1 if most > 0 else -1)
    elif most < 0 or most >= len(text):
        parts = list(text)
    else:
        parts = [*text[: most - 1], text[most - 1 :]]
    return parts


def _replace(budget: Budget, text: Any, old: Any, new: Any, most: Any = -1) -> str:
    source, wanted, put, count = text_of(text), text_of(old), text_of(new), integer_of(most)
    found = source.count(wanted) if count < 0 else min(source.count(wanted), count)
    budget.write(len(source) + found * len(put))
    return source.replace(wanted, put, count if count >= 0 else -1)


def _repeat(budget: Budget, text: Any, times: Any) -> str:
    source, count = text_of(text), integer_of(times)
    if count < 0:
        raise Failure(f"repeat needs a count that is not negative, got {count}")
    if count > MAX_ITEMS:
        raise Failure(f"repeat makes at most {MAX_ITEMS} copies")
    budget.take(len(source) * count)
    return source * count


def _join(budget: Budget, items: Any, glue: Any = "") -> str:
    between = text_of(glue)
    parts = [text_of(item) for item in list_of(items)]
    budget.write(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def _index_of(_: Budget, text: Any, part: Any) -> int:
    return _byte_index(text_of(text), text_of(text).find(text_of(part)))


def _last_index_of(_: Budget, text: Any, part: Any) -> int:
    return _byte_index(text_of(text), text_of(text).rfind(text_of(part)))


def _byte_index(text: str, index: int) -> int:
    return index if index < 0 or text.isascii() else len(text[:index].encode("utf-8", "replace"))


def _has_prefix(_: Budget, text: Any, prefix: Any) -> bool:
    return text_of(text).startswith(text_of(prefix))


def _has_suffix(_: Budget, text: Any, suffix: Any) -> bool:
    return text_of(text).endswith(text_of(suffix))


_TEXT = parameter("text", TEXT)
_MOST = parameter("most", INTEGER)

TEXT_FUNCTIONS = (
    Function(
        "trim",
        (signature(TEXT, _TEXT), signature(TEXT, _TEXT, parameter("characters", TEXT))),
        "The text without white space, or without the given characters, at both ends.",
        'trim("__Hello__", "_") == "Hello"',
        _trim,
    ),
    Function(
        "trimPrefix",
        (signature(TEXT, _TEXT, parameter("prefix", TEXT)), signature(TEXT, _TEXT)),
        "The text without the prefix, where it starts with it. The prefix is one space if left out.",
        'trimPrefix("HelloWorld", "Hello") == "World"',
        _trim_prefix,
    ),
    Function(
        "trimSuffix",
        (signature(TEXT, _TEXT, parameter("suffix", TEXT)), signature(TEXT, _TEXT)),
        "The text without the suffix, where it ends with it. The suffix is one space if left out.",
        'trimSuffix("HelloWorld", "World") == "Hello"',
        _trim_suffix,
    ),
    Function("upper", (signature(TEXT, _TEXT),), "The text in capital letters.", 'upper("hello") == "HELLO"', _upper),
    Function("lower", (signature(TEXT, _TEXT),), "The text in small letters.", 'lower("HELLO") == "hello"', _lower),
    Function(
        "split",
        (
            signature(TEXTS, _TEXT, parameter("separator", TEXT)),
            signature(TEXTS, _TEXT, parameter("separator", TEXT), _MOST),
        ),
        "The parts of the text between the separators, at most `most` of them.",
        'split("apple,orange", ",") == ["apple", "orange"]',
        _split,
    ),
    Function(
        "splitAfter",
        (
            signature(TEXTS, _TEXT, parameter("separator", TEXT)),
            signature(TEXTS, _TEXT, parameter("separator", TEXT), _MOST),
        ),
        "The parts of the text, each with the separator that ends it, at most `most` of them.",
        'splitAfter("apple,orange", ",") == ["apple,", "orange"]',
        _split_after,
    ),
    Function(
        "replace",
        (
            signature(TEXT, _TEXT, parameter("old", TEXT), parameter("new", TEXT), _MOST),
            signature(TEXT, _TEXT, parameter("old", TEXT), parameter("new", TEXT)),
        ),
        "The text with every `old`, or the first `most` of them, replaced by `new`.",
        'replace("Hello World", "World", "MFO") == "Hello MFO"',
        _replace,
    ),
    Function(
        "repeat",
        (signature(TEXT, _TEXT, parameter("count", INTEGER)),),
        "The text, `count` times.",
        'repeat("Hi", 3) == "HiHiHi"',
        _repeat,
    ),
    Function(
        "join",
        (
            signature(TEXT, parameter("texts", TEXTS), parameter("glue", TEXT)),
            signature(TEXT, parameter("texts", LIST), parameter("glue", TEXT)),
            signature(TEXT, parameter("texts", LIST)),
            signature(TEXT, parameter("texts", TEXTS)),
        ),
        "The texts of the list in one, with `glue` between them.",
        'join(["apple", "orange"], ",") == "apple,orange"',
        _join,
    ),
    Function(
        "indexOf",
        (signature(INTEGER, _TEXT, parameter("part", TEXT)),),
        "Where the part first stands in the text, counted in bytes from 0; -1 where it does not.",
        'indexOf("apple pie", "pie") == 6',
        _index_of,
    ),
    Function(
        "lastIndexOf",
        (signature(INTEGER, _TEXT, parameter("part", TEXT)),),
        "Where the part last stands in the text, counted in bytes from 0; -1 where it does not.",
        'lastIndexOf("apple pie apple", "apple") == 10',
        _last_index_of,
    ),
    Function(
        "hasPrefix",
        (signature(BOOLEAN, _TEXT, parameter("prefix", TEXT)),),
        "Whether the text starts with the prefix.",
        'hasPrefix("HelloWorld", "Hello") == true',
        _has_prefix,
    ),
    Function(
        "hasSuffix",
        (signature(BOOLEAN, _TEXT, parameter("suffix", TEXT)),),
        "Whether the text ends with the suffix.",
        'hasSuffix("HelloWorld", "World") == true',
        _has_suffix,
    ),
)
