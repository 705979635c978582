"""docs/flowengine.md: a row for every item of FlowEngine's index, each with something of ours and a test that exists."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from model_stand_in import ModelStandIn

from mfo_runtime import agents

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "flowengine.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?:`([\w.]+)`)? \| `([\w.]+)` \| (.+) \| `(\w+)` \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
TESTS = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))

INDEX = """
Action
ActionRegistry Actions IsEmpty Names Register RegisterWithDesc ToToolDefs ValidateAction
Adapter
Cache
CachingAdapter Call CallWithSession CallWithTools CallWithToolsAndSession DeleteSession IsEnabled SetEnabled Stream
CallHook
ContextBuilder Add AddIf AddTemplate Build String
DecideCase
Engine Adapter Close DeleteSession Run RunWithSession Sessions Stream
EngineOption
FlowContext Engine GetNodeData GetNodes Metadata MetadataSnapshot PrevAction PrevParams PrevResponse RecordNode Session WithSession
Guide
Logger
MemoryCache Get Set Delete
Message
Metadata
MetricsCollector
Middleware
MockAdapter Call CallCount CallWithSession CallWithTools CallWithToolsAndSession DeleteSession Reset Stream
NamedRunnable
NodeData
ParallelError Error FailedIndexes Unwrap
Response Is ParseParams
ResponseType
ResponseMethod
ResponseMessage
Runnable
Chain
Decide
Guard
Iterate
IterateMax
Parallel
Transform
When
Otherwise
RunnableFunc Run
Session AppendMessage Chain Clear GetResponseID ID LastAccessed LastResponseID Messages RecordNode RootResponseID SetRootResponseID
SessionAdapter
SessionManager Clear Count Delete Exists Get GetIfExists MaxSize Stop TTL
SessionManagerOption
Step ActionNames BuildSystemPrompt BuildUserPrompt GetName Run ToolDefs ValidateAction
StepBuilder Action ActionWithDesc Build Context Guide Input Role Task WithRetries WithValidator
ToolAdapter
ToolCall
ToolDef
ValidationError Error Unwrap
Validator
DefaultMaxSessions
DefaultSessionTTL
ParamsAs
New
NewActionRegistry
NewContextBuilder
NewFlowContext
NewMockAdapter
NewMockAdapterSequence
NewMockAdapterWithToolCall
NewSession
NewSessionManager
NewStep
SimpleStep
ChainMiddleware
WithCache
WithDefaultRetries
WithLogging
WithMaxSessions
WithMetrics
"""


def index():
    for line in INDEX.split("\n"):
        name, *methods = line.split() or [""]
        if name:
            yield name
            yield from (f"{name}.{method}" for method in methods)


def test_every_item_of_the_index_has_one_row():
    theirs = [row[0] for row in ROWS if row[0]]
    assert sorted(theirs) == sorted(index())
    assert len(ROWS) == sum(line.startswith("| ") for line in PAGE.split("\n")) - 2 * PAGE.count("| theirs |")


@pytest.mark.parametrize(("ours", "same", "test"), sorted({row[1:] for row in ROWS}))
def test_each_row_has_something_of_ours_and_a_test(ours, same, test):
    owner, _, member = ours.partition(".")
    found = getattr(agents, owner)
    known = {*dir(found), *getattr(found, "__annotations__", ()), *_set_in_constructor(found)}
    assert not member or member in known or (member == "__cause__" and issubclass(found, Exception))
    assert same.startswith(("same", "different", "ours"))
    assert re.search(rf"^(?:async )?def {test}\(", TESTS, re.MULTILINE)


def _set_in_constructor(found):
    start = getattr(found, "__init__", None)
    return start.__code__.co_names if hasattr(start, "__code__") else ()


def test_every_public_name_is_documented():
    undocumented = [
        name for name in agents.__all__ if isinstance(found := getattr(agents, name), type) and not found.__doc__
    ]
    assert not undocumented


PROGRAMS = re.findall(r"^<!-- run -->\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_a_program_prints_what_it_says(program, capsys, monkeypatch):
    module = ModuleType("flowengine_page")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # where dataclasses look for their annotations
    exec(compile(program, "flowengine.md", "exec", dont_inherit=True), vars(module))
    assert capsys.readouterr().out.splitlines() == re.findall(r"^ *print\(.*\)  # (.*)$", program, re.MULTILINE)


def test_the_program_with_a_model_does_what_the_page_says(monkeypatch, capsys):
    (program,) = re.findall(r"^<!-- not run: [^\n]*\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    with ModelStandIn(["A hat."], ["Men do."], ["Good."], ["Good."], ["Hats are fine."]) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        exec(compile(program, "flowengine.md", "exec"), {})
    assert capsys.readouterr().out == "Men do.\nGood.\n\nGood.\nHats are fine."
    spoken = [[message["content"] for message in request["messages"]] for request in model.asked]
    assert ["What is a fedora?" in text for text in spoken[1]] == [False, True, False, False]
    assert model.asked[4]["stream"] is True
