"""Values as the journal has them: JSON in which a secret's name stands for its value, and the way back.

A text that holds the value of a secret is written in parts, so that the value can be put in again when the run goes on.
What stands under the name of a secret (``password``, ``token``) without being a known one is not written at all, nor is a
text that is JSON and has such a name in it: it is *hidden*, and whoever reads it after a resumption is told so. All other values come back exactly as they were, maps whose
keys are no texts included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from mfo_runtime.errors import REDACTED, JournalError, is_name_of_secret

_MARK = "$mfo"
_TEXT, _PAIRS, _HIDDEN = "text", "pairs", "hidden"

Form = tuple[str, int]
"""A secret's name, and in which of its forms (plain, in JSON, in a URL) its value stands."""


class Hidden(str):
    """Stands for a value that the journal does not keep."""

    __slots__ = ()


class Codec:
    """Writes and reads the values of one run."""

    def __init__(self, forms: Callable[[], Mapping[str, Form]], reveal: Callable[[Form], str | None]) -> None:
        """Know where secrets are found.

        Args:
            forms: what must not be written, each with what to write in its place; asked again for every value.
            reveal: the text that a form stands for; None where nobody knows it any more, so that what it stands in is
                hidden; may raise ``MfoError``.
        """
        self._forms = forms
        self._reveal = reveal
        self._known: Mapping[str, Form] = {}
        self._pattern: re.Pattern[str] | None = None
        self._escaped: re.Pattern[str] | None = None

    def encode(self, value: Any) -> str:
        """A value as JSON.

        Raises:
            JournalError: it is nested too deeply.
        """
        if value is None:
            return "null"
        self._learn()
        try:
            try:
                text = _dumps(value)
                if not self._is_suspicious(text) and json.loads(text) == value:
                    return text
            except (TypeError, ValueError):
                pass
            return _dumps(self._marked(value))
        except RecursionError:
            raise JournalError(
                "A value is nested too deeply to be kept in the journal.", hint="Let the task return less."
            ) from None

    def decode(self, text: str) -> Any:
        """The value of a JSON text that ``encode`` wrote.

        Raises:
            MfoError: a secret that belongs into it cannot be found any more.
        """
        value = json.loads(text)
        return self._unmarked(value) if _MARK in text else value

    def redacted(self, data: dict[str, Any]) -> dict[str, Any]:
        """JSON values with those of secrets struck out for good."""
        self._learn()
        if self._escaped is None or self._escaped.search(text := json.dumps(data)) is None:
            return data
        try:
            return json.loads(self._escaped.sub(REDACTED, text))
        except ValueError:  # a secret that is a number or a word of JSON
            return {"code": str(data.get("code", "")), "message": REDACTED}

    def _learn(self) -> None:
        known = self._forms()
        if known is not self._known and known != self._known:
            longest_first = sorted(known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            self._escaped = re.compile("|".join(re.escape(json.dumps(form)[1:-1]) for form in longest_first))
        self._known = known

    def _is_suspicious(self, text: str) -> bool:
        """Whether anything in a JSON text may have to be written in another way."""
        return (
            _MARK in text
            or is_name_of_secret(text)
            or (self._escaped is not None and self._escaped.search(text) is not None)
        )

    def _marked(self, value: Any) -> Any:
        match value:
            case str():
                return self._marked_text(value)
            case None | bool() | int() | float():
                return value
            case Mapping():
                return self._marked_map(cast("Mapping[Any, Any]", value))
            case list() | tuple():
                return [self._marked(item) for item in cast("list[Any]", value)]
            case _:
                return self._marked_text(str(value))

    def _marked_text(self, text: str) -> Any:
        if isinstance(text, Hidden) or self._is_json_with_secret(text):
            return {_MARK: [_HIDDEN]}
        if self._pattern is None:
            return text
        parts: list[str | Form] = []
        last = 0
        for found in self._pattern.finditer(text):
            parts += [text[last : found.start()], self._known[found.group()]]
            last = found.end()
        return {_MARK: [_TEXT, *parts, text[last:]]} if parts else text

    def _is_json_with_secret(self, text: str) -> bool:
        """Whether a text, such as the body of an answer, is JSON in which something would be hidden."""
        if text[:1] not in {"{", "["} or not is_name_of_secret(text):
            return False
        try:
            value = json.loads(text)
        except ValueError:
            return False
        return next(hidden_paths(self._unmarked(self._marked(value))), None) is not None

    def _marked_map(self, value: Mapping[Any, Any]) -> Any:
        pairs = [(self._marked(key), self._marked_item(key, item)) for key, item in value.items()]
        if all(type(key) is str and key != _MARK for key, _ in pairs):
            return dict(pairs)
        return {_MARK: [_PAIRS, *pairs]}

    def _marked_item(self, key: Any, item: Any) -> Any:
        marked = self._marked(item)
        is_hidden = isinstance(marked, str) and marked and isinstance(key, str) and is_name_of_secret(key)
        return {_MARK: [_HIDDEN]} if is_hidden else marked

    def _unmarked(self, value: Any) -> Any:
        match value:
            case {"$mfo": [kind, *parts]}:
                return self._meant(cast("str", kind), parts)
            case dict():
                return {key: self._unmarked(item) for key, item in cast("dict[str, Any]", value).items()}
            case list():
                return [self._unmarked(item) for item in cast("list[Any]", value)]
            case _:
                return value

    def _meant(self, kind: str, parts: list[Any]) -> Any:
        match kind:
            case "text":
                texts = [part if isinstance(part, str) else self._reveal((part[0], part[1])) for part in parts]
                known = [text for text in texts if text is not None]
                return "".join(known) if len(known) == len(texts) else Hidden(REDACTED)
            case "pairs":
                return {_key(self._unmarked(key)): self._unmarked(item) for key, item in parts}
            case _:
                return Hidden(REDACTED)


def shown(text: str) -> Any:
    """The value of an encoded text as it may be shown: whatever stood for a secret is struck out."""
    return Codec(dict[str, Form], lambda _: REDACTED).decode(text)


def hidden_paths(value: Any, path: str = "") -> Iterator[str]:
    """Where in a value something is hidden, as dotted paths."""
    match value:
        case Hidden():
            yield path
        case Mapping():
            for key, item in cast("Mapping[Any, Any]", value).items():
                yield from hidden_paths(item, f"{path}.{key}" if path else str(key))
        case list():
            for place, item in enumerate(cast("list[Any]", value)):
                yield from hidden_paths(item, f"{path}.{place}" if path else str(place))
        case _:
            pass


_dumps: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":")).encode


def _key(key: Any) -> Any:
    return tuple(cast("list[Any]", key)) if isinstance(key, list) else key
