"""Tools over HTTP: the server's own, and those of a user's module."""

from __future__ import annotations

import textwrap

import pytest
from conftest import WAIT

from mfo_runtime.server import SettingsError


def run(api, tool, arguments, **options):
    return api.ok("POST", f"/api/tools/{tool}", {"arguments": arguments}, **options)["result"]


def test_tools_are_listed_with_their_parameters(api):
    tools = {tool["id"]: tool for tool in api.ok("GET", "/api/tools")["tools"]}
    assert {"text_statistics", "calculator", "current_time", "tag_thread", "key_value_search"} <= set(tools)
    for tool_id, tool in tools.items():
        assert tool["name"] == tool_id
        assert tool["description"].endswith(".")
        assert tool["parameters"]["type"] == "object"
        assert tool == api.ok("GET", f"/api/tools/{tool_id}")
    page = api.ok("GET", "/api/tools?page=2&page_size=1")
    assert [tool["id"] for tool in page["tools"]] == [list(tools)[1]]
    assert page["pagination"] == {"page": 2, "page_size": 1, "total": len(tools)}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_tool_is_not_found(api, method):
    assert api.error(method, "/api/tools/nothing", status=404)["message"] == "no such tool"


@pytest.mark.parametrize(
    ("tool", "body", "message"),
    [
        ("text_statistics", {}, 'arguments: lacks "text"'),
        ("text_statistics", {"arguments": {"text": 1}}, "arguments.text: must be of type string"),
        ("text_statistics", {"arguments": []}, "arguments: must be of type object"),
        (
            "tag_thread",
            {"arguments": {"thread_id": "t", "tags": ["a", 1]}},
            "arguments.tags[1]: must be of type string",
        ),
        ("tag_thread", {"arguments": {"thread_id": "t", "tags": []}}, "arguments.tags: must not be empty"),
        ("current_time", {"arguments": {"timezone": "Mars/Olympus"}}, "timezone is not the name of an IANA time zone"),
        (
            "current_time",
            {"arguments": {"timezone": "../../etc/passwd"}},
            "timezone is not the name of an IANA time zone",
        ),
    ],
)
def test_wrong_arguments_are_refused_with_their_place(api, tool, body, message):
    assert api.error("POST", f"/api/tools/{tool}", body, status=400)["message"] == message


def test_an_argument_that_nobody_knows_is_refused(api):
    error = api.error("POST", "/api/tools/current_time", {"arguments": {"zone": "UTC"}}, status=400)
    assert "zone" in error["message"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (0, 0, 0, 0)),
        ("Hello", (5, 1, 1, 1)),
        ("It's fine. Isn't it?\nYes… 3.5 of them!", (38, 8, 4, 2)),
        ("a\r\nb\rc\nd\u2028e", (10, 5, 1, 4)),
    ],
)
def test_text_statistics(api, text, counts):
    found = run(api, "text_statistics", {"text": text})
    assert tuple(found[key] for key in ("characters", "words", "sentences", "lines")) == counts


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ({"expression": "2 + 3 * 4"}, 14),
        ({"expression": "sum(items, .total) / 2", "variables": {"items": [{"total": 3}, {"total": 4}]}}, 3.5),
        ({"expression": "upper(name) + '!'", "variables": {"name": "ann"}}, "ANN!"),
    ],
)
def test_the_calculator_calculates(api, arguments, result):
    assert run(api, "calculator", arguments) == result


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("2 +", "expression: "),
        ("a + 1", 'expression: unknown name "a"'),
        ("1 / 0", "expression: its value cannot be written as JSON"),
        ("now()", "expression: its value cannot be written as JSON"),
        ("1..10000000", "expression: "),
        ("__import__('os')", "expression: "),
    ],
)
def test_what_cannot_be_calculated_is_refused(api, expression, message):
    error = api.error("POST", "/api/tools/calculator", {"arguments": {"expression": expression}}, status=400)
    assert error["message"].startswith(message)


def test_current_time_is_the_server_s_clock(start):
    api = start(clock=lambda: 1_700_000_000.0)
    assert run(api, "current_time", {})["iso"] == "2023-11-14T22:13:20+00:00"
    paris = run(api, "current_time", {"timezone": "Europe/Paris"})
    assert (paris["time"], paris["weekday"], paris["unix"]) == ("23:13:20", "Tuesday", 1_700_000_000)


def test_threads_are_tagged_once(api):
    thread = api.ok("POST", "/api/chat", {"message": "x"})["thread_id"]
    run(api, "tag_thread", {"thread_id": thread, "tags": ["urgent", "mail"]})
    tagged = run(api, "tag_thread", {"thread_id": thread, "tags": ["mail", "done"]})
    assert tagged == {"thread_id": thread, "tags": ["urgent", "mail", "done"]}
    assert api.ok("GET", f"/api/chat/{thread}")["tags"] == tagged["tags"]


def test_the_memory_is_searched_by_key_and_value(start):
    api = start()
    for number in range(250):
        api.ok("POST", "/api/memory", {"key": f"entry {number}", "value": {"note": f"Number {number}!"}})
    found = run(api, "key_value_search", {"query": "NUMBER 24"})
    assert [match["key"] for match in found["matches"]] == ["entry 24", *(f"entry 24{digit}" for digit in range(10))]
    assert len(run(api, "key_value_search", {"query": "entry", "limit": 3})["matches"]) == 3
    assert run(api, "key_value_search", {"query": "nowhere"}) == {"matches": []}


MODULE = '''
"""Tools for a test."""
import time
from typing import Annotated, Any, Literal, Optional

from os.path import join


def greet(name: str, times: int = 1, mood: Literal["calm", "loud"] = "calm") -> str:
    """Greets somebody,
    politely.

    More words.

    Args:
        name: who is greeted,
            by name
        times (int): how often
    """
    return " ".join(["Hello " + name] * times) + ("!" if mood == "loud" else "")


async def shapes(
    numbers: list[float], table: dict[str, bool], either: int | None, other: Optional[str] = None,
    noted: Annotated[str, "a note"] = "", anything: Any = None, untyped=None,
) -> dict[str, Any]:
    return {"numbers": numbers, "table": table, "either": either}


def refuse(reason: str):
    """Refuses."""
    raise ValueError(reason)


def breaks():
    """Breaks."""
    raise RuntimeError("/home/someone/secret.py")


def gives_no_json():
    """Gives what is no JSON."""
    return object()


def stops():
    """Stops an iteration."""
    raise StopIteration


def slow(seconds: float):
    """Takes its time."""
    time.sleep(seconds)


def _hidden():
    """Is not public."""
'''


@pytest.fixture
def with_module(start, tmp_path):
    def begin(source=MODULE, **settings):
        path = tmp_path / "my_tools.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return start(tools_module=str(path), **settings)

    return begin


class TestPythonModule:
    def test_its_public_functions_are_tools(self, with_module):
        tools = [tool["id"] for tool in with_module().ok("GET", "/api/tools")["tools"]]
        own = ["greet", "shapes", "refuse", "breaks", "gives_no_json", "stops", "slow"]
        assert tools[-len(own) :] == own
        assert "join" not in tools

    def test_hints_and_docstring_are_its_schema(self, with_module):
        api = with_module()
        greet = api.ok("GET", "/api/tools/greet")
        assert greet["description"] == "Greets somebody, politely."
        assert greet["metadata"] == {"source": "module"}
        assert greet["parameters"] == {
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "who is greeted, by name"},
                "times": {"type": "integer", "description": "how often"},
                "mood": {"enum": ["calm", "loud"]},
            },
            "required": ["name"],
            "additionalProperties": False,
        }
        assert api.ok("GET", "/api/tools/shapes")["parameters"]["properties"] == {
            "numbers": {"type": "array", "items": {"type": "number"}},
            "table": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "either": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "other": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "noted": {"type": "string"},
            "anything": {},
            "untyped": {},
        }

    def test_they_run(self, with_module):
        api = with_module()
        assert run(api, "greet", {"name": "Ann", "times": 2, "mood": "loud"}) == "Hello Ann Hello Ann!"
        given = {"numbers": [1.5], "table": {"a": True}, "either": None}
        assert run(api, "shapes", given) == given

    @pytest.mark.parametrize(
        ("tool", "arguments", "status", "message"),
        [
            ("greet", {"name": "Ann", "mood": "sad"}, 400, "arguments.mood: must be one of calm, loud"),
            ("refuse", {"reason": "not today"}, 400, "not today"),
            ("breaks", {}, 500, "the tool failed"),
            ("gives_no_json", {}, 500, "the tool failed"),
            ("stops", {}, 500, "the tool failed"),
            ("slow", {"seconds": 3600}, 504, "the tool took longer than 0.2 s"),
        ],
    )
    def test_what_goes_wrong_is_said_without_its_code(self, with_module, tool, arguments, status, message):
        api = with_module(tool_timeout=0.2 if tool == "slow" else WAIT)
        error = api.error("POST", f"/api/tools/{tool}", {"arguments": arguments}, status=status)
        assert error["message"] == message
        assert "secret.py" not in str(error)

    def test_a_listed_module_shows_only_what_it_lists(self, with_module):
        api = with_module(
            "from os.path import join as combine\n__all__ = ['kept']\ndef kept(): ...\ndef other(): ...\n"
        )
        assert [tool["id"] for tool in api.ok("GET", "/api/tools")["tools"]][-1] == "kept"
        api.error("GET", "/api/tools/other", status=404)

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("x = 1", "has no public function"),
            ("def broken(:", "cannot be imported .SyntaxError"),
            ("1 / 0", "cannot be imported .ZeroDivisionError"),
            ("def f(a, /): ...", "the tool f: a cannot be given by name"),
            ("def f(*a): ...", "the tool f: a cannot be given by name"),
            ("def f(a: 'Nowhere'): ...", "the tool f: its type hints cannot be read"),
            ("def f(a: set[int]): ...", "the tool f: a has a type that JSON cannot say"),
            ("def f(a: dict[int, int]): ...", "the tool f: a has a type that JSON cannot say"),
        ],
    )
    def test_a_module_that_cannot_be_tools_is_refused(self, with_module, source, message):
        with pytest.raises(SettingsError, match=message):
            with_module(source)

    @pytest.mark.parametrize("name", ["nowhere.to.be.found", "missing.py", ""])
    def test_a_module_that_is_not_there_is_refused(self, start, name):
        with pytest.raises(SettingsError, match="tools module"):
            start(tools_module=name)
