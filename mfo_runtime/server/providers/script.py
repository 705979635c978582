"""A script: answers written down beforehand, so that a flow can be tried and tested without a model.

A script is usually the file ``scripted.yml`` beside a flow. It has one list, ``script``, of entries that are tried
from the top; the first whose conditions all hold gives the answer::

    script:
      - template: email_analysis        # the prompt template's id is this one
        task: analyse                   # and the task's id is this one
        agent: writer                   # and the agent that asks is this one
        contains: invoice               # and the last user message has this text in it, in any case
        answers:                        # turn by turn; the last one repeats
          - tool_calls:
              - name: extract_invoice
                arguments: {number: "F-17", total: 240.5}
          - json: {category: invoice, urgent: false}
      - template: email_draft
        answer: Thank you, the invoice is paid.
    default: I have nothing to say to that.

All four conditions may be left out; an entry without any always answers. An entry has either ``answer`` or a list of
``answers``. An answer is one of:

- a text, which is the reply;
- ``text: ...``, the same, where other keys stand beside it;
- ``json: ...``: any value, which is turned into JSON text and is the reply;
- ``tool_calls: [{name, arguments}]``, with or without one of the two above;
- ``error: {status, message, retry_after}``: the request is answered with this status (400 to 599) instead;
  ``retry_after`` is in seconds and may be left out, and so may ``message``.

Beside any of them ``delay: 200ms`` (a Go duration, an hour at most) keeps the reply waiting, and ``pace: 20ms`` each word of one that is streamed. ``default`` is the answer
where no entry holds; without it such a request is answered with a 400 that names the template and the task.

Turns are counted for each entry by itself and separately for each run (``metadata.run_id``, or ``process_id``) and
each task (``metadata.task_id``); requests that name no task are told apart by their thread. So parallel tasks never
take each other's answers.

Beside ``script`` stand, where a flow needs them, ``resources``, a list of ``{id, type, content, properties, metadata}``,
and ``memory``, a map of keys to values: the server has them whenever it starts.

This module reads plain data, as a YAML reader gives it, and touches no file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mfo_dialect.durations import parse_duration
from mfo_dialect.suggestions import did_you_mean
from mfo_runtime.providers.conversation import ChatQuestion, ToolCall
from mfo_runtime.server.starting_data import StartingData, StartingResource

Path = tuple[str | int, ...]
"""The keys and indices that lead from the top of the data to one of its values."""

_LONGEST_DELAY = 3600.0
_MOST_ENTRIES = 10_000
_ENTRY_KEYS = ("template", "task", "agent", "contains", "answer", "answers")
_RESOURCE_KEYS = ("id", "type", "content", "properties", "metadata")
_ANSWER_KEYS = ("text", "json", "tool_calls", "error", "delay", "pace")


class ScriptError(ValueError):
    """A script that is wrong; the message starts with the place, ``scripted.yml:12`` where lines are known."""


@dataclass(frozen=True, slots=True)
class ScriptedFailure:
    """The error with which a request is answered; ``retry_after`` in seconds."""

    status: int
    message: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """One answer; ``delay`` in seconds, and ``pace`` in seconds a word, where words are streamed."""

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    failure: ScriptedFailure | None = None
    delay: float = 0.0
    pace: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """Answers and the conditions under which they are given; an empty condition always holds."""

    answers: tuple[ScriptedAnswer, ...]
    template: str = ""
    task: str = ""
    agent: str = ""
    contains: str = ""

    def fits(self, question: ChatQuestion) -> bool:
        """Whether all conditions hold."""
        return (
            self.template in ("", question.named("prompt_template_id"))
            and self.task in ("", question.named("task_id"))
            and self.agent in ("", question.named("agent_id"))
            and self.contains.casefold() in question.last_user_text.casefold()
        )

    def answer(self, turn: int) -> ScriptedAnswer:
        """The answer of a turn, counted from 0; the last one repeats."""
        return self.answers[min(turn, len(self.answers) - 1)]


@dataclass(frozen=True, slots=True)
class Script:
    """The entries of a script, in the order in which they are tried, and what is there when the server starts."""

    entries: tuple[Entry, ...]
    starting_data: StartingData = field(default_factory=StartingData)

    @staticmethod
    def from_data(data: object, place: Callable[[Path], str] | None = None) -> Script:
        """Read a script from parsed YAML or JSON.

        Args:
            data: the document: mappings, lists and scalars.
            place: where the value at a path stands, ``scripted.yml:12``; without it the path itself is told.

        Raises:
            ScriptError: the first thing that is wrong, with its place.
        """
        return _Reader(place or _path_text).script(data)

    def find(self, question: ChatQuestion) -> tuple[int, Entry] | None:
        """The first entry that fits and its position, or None."""
        return next(((index, entry) for index, entry in enumerate(self.entries) if entry.fits(question)), None)


def _path_text(path: Path) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return steps.removeprefix(".") or "script"


class _Reader:
    """Turns data into a script; it knows only how places are told."""

    def __init__(self, place: Callable[[Path], str]) -> None:
        self._place = place

    def script(self, data: object) -> Script:
        document = self._mapping(data, (), ("script", "default", "resources", "memory"))
        items = self._list(document.get("script", []), ("script",))
        entries = [self._entry(item, ("script", index)) for index, item in enumerate(items)]
        if "default" in document:
            entries.append(Entry((self._answer(document["default"], ("default",)),)))
        if not entries:
            raise self._wrong((), 'a script needs entries under "script", or a "default"')
        return Script(tuple(entries), self._starting_data(document))

    def _starting_data(self, document: Mapping[str, Any]) -> StartingData:
        items = self._list(document.get("resources", []), ("resources",))
        resources = tuple(self._resource(item, ("resources", index)) for index, item in enumerate(items))
        return StartingData(resources, self._mapping(document.get("memory", {}), ("memory",)))

    def _resource(self, data: object, path: Path) -> StartingResource:
        resource = self._mapping(data, path, _RESOURCE_KEYS)
        missing = next((key for key in ("id", "type") if key not in resource), None)
        if missing is not None:
            raise self._wrong(path, f'"{missing}" is missing: a resource has an id and a type')
        return StartingResource(
            self._text(resource["id"], (*path, "id")),
            self._text(resource["type"], (*path, "type")),
            resource.get("content", ""),
            self._mapping(resource.get("properties", {}), (*path, "properties")),
            self._mapping(resource.get("metadata", {}), (*path, "metadata")),
        )

    def _entry(self, data: object, path: Path) -> Entry:
        entry = self._mapping(data, path, _ENTRY_KEYS)
        if ("answer" in entry) == ("answers" in entry):
            raise self._wrong(path, 'an entry needs either "answer" or a list of "answers"')
        if "answers" in entry:
            at = (*path, "answers")
            items = self._list(entry["answers"], at)
            if not items:
                raise self._wrong(at, '"answers" is empty')
            answers = tuple(self._answer(item, (*at, index)) for index, item in enumerate(items))
        else:
            answers = (self._answer(entry["answer"], (*path, "answer")),)
        conditions = {
            key: self._text(entry[key], (*path, key))
            for key in ("template", "task", "agent", "contains")
            if key in entry
        }
        return Entry(answers, **conditions)

    def _answer(self, data: object, path: Path) -> ScriptedAnswer:
        if isinstance(data, str):
            return ScriptedAnswer(data)
        if not isinstance(data, Mapping):
            raise self._wrong(path, "an answer is a text, or a mapping with text, json, tool_calls or error")
        answer = self._mapping(cast("object", data), path, _ANSWER_KEYS)
        if not answer.keys() - {"delay", "pace"}:
            raise self._wrong(path, "this answer says nothing; it needs text, json, tool_calls or error")
        if "error" in answer and answer.keys() & {"text", "json", "tool_calls"}:
            raise self._wrong(path, '"error" stands alone: the request is answered with nothing else')
        if {"text", "json"} <= answer.keys():
            raise self._wrong(path, '"text" and "json" exclude each other')
        return ScriptedAnswer(
            self._content(answer, path),
            self._tool_calls(answer.get("tool_calls", []), (*path, "tool_calls")),
            self._failure(answer["error"], (*path, "error")) if "error" in answer else None,
            *(self._delay(answer[key], (*path, key)) if key in answer else 0.0 for key in ("delay", "pace")),
        )

    def _content(self, answer: Mapping[str, Any], path: Path) -> str:
        if "json" not in answer:
            return self._text(answer.get("text", ""), (*path, "text"))
        try:
            return json.dumps(answer["json"], ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise self._wrong((*path, "json"), "this value cannot be written as JSON") from error

    def _tool_calls(self, data: object, path: Path) -> tuple[ToolCall, ...]:
        calls: list[ToolCall] = []
        for index, item in enumerate(self._list(data, path)):
            at = (*path, index)
            call = self._mapping(item, at, ("name", "arguments"))
            if not call.get("name"):
                raise self._wrong(at, 'a tool call needs a "name"')
            arguments = self._mapping(call.get("arguments", {}), (*at, "arguments"))
            calls.append(ToolCall(self._text(call["name"], (*at, "name")), arguments))
        return tuple(calls)

    def _failure(self, data: object, path: Path) -> ScriptedFailure:
        failure = self._mapping(data, path, ("status", "message", "retry_after"))
        status = failure.get("status")
        if not isinstance(status, int) or isinstance(status, bool) or not 400 <= status <= 599:  # noqa: PLR2004 - HTTP's errors
            raise self._wrong((*path, "status"), '"status" is a number from 400 to 599')
        retry_after = failure.get("retry_after")
        if retry_after is not None and (
            not isinstance(retry_after, int | float) or not 0 <= retry_after < _LONGEST_DELAY
        ):
            raise self._wrong((*path, "retry_after"), '"retry_after" is a number of seconds, below 3600')
        message = self._text(failure.get("message", "the script answers with this error"), (*path, "message"))
        return ScriptedFailure(status, message, retry_after)

    def _delay(self, data: object, path: Path) -> float:
        seconds = parse_duration(data) if isinstance(data, str) else None
        if seconds is None or not 0 <= seconds <= _LONGEST_DELAY:
            raise self._wrong(path, f'"{path[-1]}" is a duration such as 200ms, an hour at most')
        return seconds

    def _mapping(self, data: object, path: Path, known: tuple[str, ...] = ()) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise self._wrong(path, "a mapping is expected here")
        mapping = cast("Mapping[object, object]", data)
        for key in mapping:
            if not isinstance(key, str):
                raise self._wrong(path, f"the key {key!r} is no text")
            if known and key not in known:
                raise self._wrong((*path, key), f'unknown key "{key}"{did_you_mean(key, known)}')
        return cast("dict[str, Any]", dict(mapping))

    def _list(self, data: object, path: Path) -> list[object]:
        if not isinstance(data, list | tuple):
            raise self._wrong(path, "a list is expected here")
        items = list(cast("list[object]", data))
        if len(items) > _MOST_ENTRIES:
            raise self._wrong(path, f"this list has more than {_MOST_ENTRIES} items")
        return items

    def _text(self, data: object, path: Path) -> str:
        if not isinstance(data, str):
            raise self._wrong(path, "a text is expected here; put it in quotes")
        return data

    def _wrong(self, path: Path, message: str) -> ScriptError:
        return ScriptError(f"{self._place(path)}: {message}")
