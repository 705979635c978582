"""Task types that the engine does itself: asking a person, calling a URL, computing values."""

from __future__ import annotations

from mfo_dialect.catalogue.task_types.declaration import TaskType
from mfo_dialect.catalogue.values import (
    VALUE,
    VALUE_DURATION,
    VALUE_MAP,
    VALUE_TEXT,
    EitherType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    References,
    SchemaType,
    TextType,
    choice,
)
from mfo_dialect.shapes import INTEGER, OPEN_MAP, UNKNOWN, Kind, Shape, closed_map

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

ASK_USER = TaskType(
    "ask_user",
    "Ask the person who runs the flow.",
    MapType(
        "config of ask_user",
        (
            Key("question", TextType(References.ALL, non_empty=True), "What to ask.", required=True),
            Key("choices", ListType(VALUE), "The answers to choose from."),
            Key("default", VALUE, "The answer when nobody can be asked."),
            Key("input_schema", SchemaType(), "What the answer must be like."),
            Key("timeout", VALUE_DURATION, "How long to wait for the answer."),
        ),
    ),
    closed_map({"answer": Shape(description="What was answered.")}),
    source="ours",
)

HTTP_REQUEST = TaskType(
    "http_request",
    "Call a URL directly.",
    MapType(
        "config of http_request",
        (
            Key("url", TextType(References.ALL, non_empty=True), "The URL.", required=True),
            Key("method", choice(*HTTP_METHODS), "The HTTP method.", default="GET"),
            Key("headers", VALUE_MAP, "The request's headers."),
            Key("query", VALUE_MAP, "The query's parameters."),
            Key("json", VALUE, "A value to send as JSON."),
            Key("body", VALUE_TEXT, "Text to send."),
            Key(
                "expect_status",
                EitherType((IntegerType(100, 599, References.ALL), ListType(IntegerType(100, 599, References.ALL)))),
                "The status codes that count as success; 200 to 299 where it is not given.",
            ),
            Key("timeout", VALUE_DURATION, "How long it may take.", default="30s"),
        ),
        at_most_one_of=(("json", "body"),),
    ),
    closed_map(
        {
            "status": Shape(INTEGER.kind, description="The status code."),
            "headers": Shape(
                OPEN_MAP.kind, rest=Shape(Kind.TEXT), description="The answer's headers, names in lower case."
            ),
            "body": Shape(Kind.TEXT, description="The answer as text."),
            "json": Shape(description="The answer as a value, when it is JSON."),
        }
    ),
    source="ours",
)

TRANSFORM = TaskType(
    "transform",
    "Compute values by expressions.",
    MapType(
        "config of transform",
        (
            Key(
                "values",
                MapType("values", others=TextType(format=Format.EXPRESSION, non_empty=True)),
                "Name to expression; each name becomes an output.",
                required=True,
            ),
        ),
    ),
    Shape(Kind.MAP, rest=UNKNOWN),
    source="ours",
)

LOCAL_TYPES = (ASK_USER, HTTP_REQUEST, TRANSFORM)
