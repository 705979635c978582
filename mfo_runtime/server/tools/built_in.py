"""The server's own tools; none of them reaches beyond the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mfo_dialect.expressions import ExpressionError, evaluate
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.store import Store
from mfo_runtime.server.tools.tool import Tool

_WORD = re.compile(r"\w+(?:['’-]\w+|[.,]\d+)*")  # noqa: RUF001 - both apostrophes stand inside words
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)")
_WORDS_A_MINUTE = 220
_MOST_FOUND = 100
_TEXT = {"type": "string"}


def built_in_tools(store: Store) -> tuple[Tool, ...]:
    """The tools, bound to a server's data."""
    return (
        _tool(
            _text_statistics,
            "Counts the characters, words, sentences and lines of a text and estimates its reading time.",
            {"text": {**_TEXT, "description": "The text."}},
            "text",
        ),
        _tool(
            _calculator,
            "Calculates an expression of the MFO language, such as round(price * 1.2) or sum(items, .total).",
            {
                "expression": {**_TEXT, "minLength": 1, "maxLength": 10_000, "description": "What to calculate."},
                "variables": {"type": "object", "description": "The names that the expression may use."},
            },
            "expression",
        ),
        _tool(
            _clock(store),
            "Tells the date and time, in UTC or in a time zone.",
            {"timezone": {**_TEXT, "description": "An IANA time zone such as Europe/Paris."}},
        ),
        _tool(
            _tag_thread(store),
            "Adds tags to a conversation, of this server or of any mail or chat system, and lists all it has.",
            {
                "thread_id": {**_TEXT, "minLength": 1, "maxLength": 500, "description": "The conversation."},
                "tags": {
                    "type": "array",
                    "items": {**_TEXT, "minLength": 1, "maxLength": 200},
                    "minItems": 1,
                    "maxItems": 100,
                    "description": "The tags to add.",
                },
            },
            "thread_id",
            "tags",
        ),
        _tool(
            _key_value_search(store),
            "Finds entries of the memory whose key or value contains a text, in any case.",
            {
                "query": {**_TEXT, "minLength": 1, "maxLength": 1000, "description": "The text to look for."},
                "limit": {"type": "integer", "minimum": 1, "maximum": _MOST_FOUND, "description": "How many at most."},
            },
            "query",
        ),
    )


def _tool(function: Callable[..., Any], description: str, properties: dict[str, Any], *required: str) -> Tool:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return Tool(function.__name__.strip("_"), description, parameters, function, is_built_in=True)


def _text_statistics(text: str) -> dict[str, Any]:
    words = len(_WORD.findall(text))
    return {
        "characters": len(text),
        "words": words,
        "sentences": len(_SENTENCE_END.findall(text)) or int(words > 0),
        "lines": len(re.split(r"\r\n|\r|\n", text)) if text else 0,
        "reading_seconds": round(words * 60 / _WORDS_A_MINUTE),
    }


def _calculator(expression: str, variables: Mapping[str, Any] | None = None) -> Any:
    try:
        value = evaluate(expression, variables or {})
    except ExpressionError as error:
        raise ValueError(f"expression: {error.message} (at character {error.span.start + 1})") from error
    try:
        to_json(value)
    except (TypeError, ValueError) as error:
        raise ValueError("expression: its value cannot be written as JSON") from error
    return value


def _clock(store: Store) -> Callable[..., Any]:
    def current_time(timezone: str = "UTC") -> dict[str, Any]:
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("timezone is not the name of an IANA time zone") from error
        now = datetime.fromtimestamp(store.dates.seconds(), UTC).astimezone(zone)
        return {
            "iso": now.isoformat(timespec="seconds"),
            "date": now.strftime("%Y-%m-%d"),
            "time": now.strftime("%H:%M:%S"),
            "weekday": now.strftime("%A"),
            "timezone": timezone,
            "unix": int(now.timestamp()),
        }

    return current_time


def _tag_thread(store: Store) -> Callable[..., Any]:
    def tag_thread(thread_id: str, tags: list[str]) -> dict[str, Any]:
        with store.database.transaction():
            for tag in tags:
                store.database.write("INSERT OR IGNORE INTO thread_tags VALUES (?, ?)", (thread_id, tag))
            return {"thread_id": thread_id, "tags": tags_of(store, thread_id)}

    return tag_thread


def tags_of(store: Store, thread_id: str) -> list[str]:
    """The tags of a conversation, in the order of their adding."""
    found = store.database.rows(
        "SELECT tag FROM thread_tags WHERE thread_id = ? ORDER BY rowid LIMIT 1000", (thread_id,)
    )
    return [str(row["tag"]) for row in found]


def _key_value_search(store: Store) -> Callable[..., Any]:
    def key_value_search(query: str, limit: int = 20) -> dict[str, Any]:
        needle = query.casefold()
        matches: list[dict[str, Any]] = []
        after = 0
        while len(matches) < limit:
            rows = store.database.rows(
                "SELECT rowid AS place, key, value FROM memory WHERE rowid > ? ORDER BY rowid LIMIT 100", (after,)
            )
            if not rows:
                break
            after = int(rows[-1]["place"])
            for row in rows:
                value = from_json(row["value"])
                if needle in str(row["key"]).casefold() or needle in _searchable(value).casefold():
                    matches.append({"key": row["key"], "value": value})
        return {"matches": matches[:limit]}

    return key_value_search


def _searchable(value: Any) -> str:
    """The texts and numbers of a value, as one text; its keys count too."""
    return value if isinstance(value, str) else repr(value)
