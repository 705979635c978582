"""The keys of tests of flows, ``*.test.yml``: what is run, with what, and what is expected of it."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.catalogue.values import (
    FREE_MAP,
    TEXT,
    AnyType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    TextType,
)

_NAME = TextType(non_empty=True)
_EXPRESSION = TextType(format=Format.EXPRESSION, non_empty=True)
CALL = MapType(
    "expected call",
    (
        Key("task", _NAME, "The path of the task that calls."),
        Key("method", _NAME, "The HTTP method."),
        Key("path", _NAME, "The path at the MFO server, such as /api/chat, or the whole URL of another one."),
        Key("body", AnyType(), "What the body holds; keys that are not named may be anything."),
        Key("times", IntegerType(0), "How often exactly; at least once where it is left out."),
    ),
    any_of=(("task", "method", "path", "body"),),
)
EXPECT = MapType(
    "expectation",
    (
        Key("state", TextType(choices=("succeeded", "failed", "cancelled")), "How the run ends.", default="succeeded"),
        Key("error", _NAME, "The code of the error with which the run fails."),
        Key("outputs", FREE_MAP, "Outputs by name, each equal to what is written; others may be there."),
        Key("states", MapType("map", others=_NAME), "How nodes end, by id or path."),
        Key(
            "that",
            ListType(_EXPRESSION),
            "Expressions over outputs, states, error, usage and calls; each must be true.",
        ),
        Key("calls", ListType(CALL), "What must have been called."),
    ),
)
TEST = MapType(
    "test",
    (
        Key("name", _NAME, "What the test shows, in a few words.", required=True),
        Key("flow", _NAME, "The workflow document, relative to this file."),
        Key("taskflow", _NAME, "Which taskflow, where the document has several."),
        Key("inputs", FREE_MAP, "INPUT of the run."),
        Key("trigger", _NAME, "The trigger that starts the run."),
        Key("payload", AnyType(), "What the trigger brings."),
        Key("environment", MapType("map", others=TEXT), "The environment variables that the flow sees; no others."),
        Key("script", _NAME, "The file with the local server's answers, relative to this one."),
        Key("answers", ListType(AnyType()), 'The same answers written here: the "script" list of such a file.'),
        Key("replay", _NAME, "The cassette that answers, relative to this file."),
        Key(
            "people",
            ListType(AnyType()),
            "What people answer to ask_user and to approvals of agents, in the order of the questions.",
        ),
        Key("expect", EXPECT, "What must come of it."),
    ),
    at_most_one_of=(("script", "answers", "replay"),),
)
TEST_FILE = replace(
    TEST,
    title="test file",
    keys=(
        *(replace(key, required=False) for key in TEST.keys),
        Key(
            "tests",
            ListType(TEST, non_empty=True),
            "Several tests; what they leave out is taken from the file's own keys.",
        ),
    ),
    any_of=(("name", "tests"),),
)
