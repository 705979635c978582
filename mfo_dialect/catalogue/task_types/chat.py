"""Chat and agent task types."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.catalogue.agents_keys import REQUESTS_PER_MINUTE, SPENDING
from mfo_dialect.catalogue.error_handling import ERROR_HANDLING
from mfo_dialect.catalogue.task_types.declaration import TaskType
from mfo_dialect.catalogue.values import (
    VALUE,
    VALUE_DURATION,
    VALUE_MAP,
    VALUE_TEXT,
    BooleanType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    References,
    TextType,
    choice,
    name_of,
)
from mfo_dialect.shapes import INTEGER, OPEN_LIST, OPEN_MAP, UNKNOWN, Kind, Shape, closed_map, open_map

USAGE = open_map({"input_tokens": INTEGER, "output_tokens": INTEGER}, description="What the model used, in tokens.")
PROVIDER_ID = Key(
    "provider_id",
    TextType(References.EXPLICIT, names=Names.PROVIDER),
    "The provider; the server's default where it is not given.",
)
THREAD_ID = Key("thread_id", VALUE_TEXT, "The thread that the message continues.")
_PROMPT_TEXT = TextType(References.ALL, format=Format.TEMPLATE)

_MESSAGE = MapType(
    "message",
    (
        Key("role", choice("system", "user", "assistant", "tool"), "Who speaks.", required=True),
        Key("content", VALUE_TEXT, "What is said.", required=True),
    ),
    others=VALUE,
)
_REQUEST_BODY = MapType(
    "request body",
    (
        Key("messages", ListType(_MESSAGE), "The conversation so far.", required=True),
        PROVIDER_ID,
        Key("model_id", name_of(Names.MODEL), "The model."),
    ),
    others=VALUE,
)

_CHAT_CONFIG = MapType(
    "config of mfo_api_chat_send",
    (
        Key("prompt_template_id", name_of(Names.PROMPT_TEMPLATE), "The prompt template to render and send."),
        Key("prompt", TextType(References.ALL, format=Format.TEMPLATE, non_empty=True), "The prompt, written here."),
        Key(
            "message",
            TextType(References.ALL, format=Format.TEMPLATE, non_empty=True),
            "The older name of prompt.",
            replacement="prompt",
        ),
        Key("prompt_context", VALUE_MAP, "The variables of the template: name to value."),
        Key("include_tools", BooleanType(References.ALL), "Offer the template's tools to the model."),
        Key("include_server_tools", BooleanType(References.ALL), "Offer the server's tools to the model."),
        Key("system_prompt", _PROMPT_TEXT, "The system prompt, in place of the template's."),
        PROVIDER_ID,
        Key("model_id", name_of(Names.MODEL), "The model, in place of the template's and the server's default."),
        THREAD_ID,
        Key("options", VALUE_MAP, "Options for the provider, such as temperature."),
        Key("metadata", VALUE_MAP, "Kept by the server with the message."),
        Key("error_handling", ERROR_HANDLING, "What to do when the task fails."),
        Key("agent_id", name_of(Names.AGENT), "The agent that speaks.", source="ours"),
    ),
    one_of=(("prompt_template_id", "prompt", "message"),),
)
_OLDER_CHAT_CONFIG = replace(
    _CHAT_CONFIG,
    keys=(*_CHAT_CONFIG.keys, Key("request_body", _REQUEST_BODY, "The request as the server takes it.")),
    one_of=(("prompt_template_id", "prompt", "message", "request_body"),),
)

CHAT_SEND = TaskType(
    "mfo_api_chat_send",
    "Ask a model: by a prompt template or by a prompt written here.",
    _CHAT_CONFIG,
    closed_map(
        {
            "message": Shape(Kind.TEXT, description="The model's answer."),
            "thread_id": Shape(Kind.TEXT, description="The conversation, to continue it."),
            "parsed_content": Shape(description="The answer as a value, when it is JSON."),
            "tool_call_results": Shape(
                Kind.MAP, rest=UNKNOWN, description="By tool: the arguments of the last call, or the tool's result."
            ),
            "tool_calls": Shape(Kind.LIST, item=UNKNOWN, description="All tool calls, in order."),
            "usage": USAGE,
            "response": Shape(
                Kind.MAP, rest=UNKNOWN, description="The older form of the answer.", deprecated="message"
            ),
        }
    ),
    older_names=("slop_api_chat_send",),
    older_config=_OLDER_CHAT_CONFIG,
)

CHAT_HISTORY = TaskType(
    "mfo_api_chat_get_history",
    "Read the messages of a thread.",
    MapType(
        "config of mfo_api_chat_get_history",
        (Key("thread_id", VALUE_TEXT, "The thread to read.", required=True), PROVIDER_ID),
    ),
    closed_map({"messages": Shape(Kind.LIST, item=UNKNOWN, description="The messages, oldest first.")}),
    older_names=("slop_api_chat_get_history",),
)

AGENT_RUN = TaskType(
    "mfo_agent_run",
    "Give a task to an agent and wait for its answer.",
    MapType(
        "config of mfo_agent_run",
        (
            Key("agent_id", name_of(Names.AGENT), "The agent."),
            Key(
                "capability",
                name_of(Names.CAPABILITY),
                "What the agent must be able to do; one that declares it is chosen.",
            ),
            Key("task", VALUE_TEXT, "What the agent is to do.", required=True),
            Key("context", VALUE_MAP, "What the agent may know: name to value."),
            THREAD_ID,
            Key(
                "limits",
                MapType(
                    "limits",
                    (
                        *SPENDING,
                        Key("max_turns", IntegerType(1), "How often the model may be asked."),
                        Key("timeout", VALUE_DURATION, "How long it may take."),
                        REQUESTS_PER_MINUTE,
                    ),
                ),
                "Tighter limits than the agent's own.",
            ),
            Key("tenant", VALUE_TEXT, "For whom it works; tenants have rates of their own in the project file."),
            Key("metadata", MapType("metadata", others=VALUE), "Kept by the server with the messages."),
        ),
        one_of=(("agent_id", "capability"),),
    ),
    closed_map(
        {
            "message": Shape(Kind.TEXT, description="The agent's answer."),
            "parsed_content": Shape(description="The answer as a value, when it is JSON."),
            "agent": Shape(Kind.TEXT, description="The id of the agent that worked."),
            "thread_id": Shape(Kind.TEXT, description="The conversation, to continue it."),
            "steps": Shape(OPEN_LIST.kind, item=UNKNOWN, description="What the agent did, in order."),
            "tool_call_results": Shape(OPEN_MAP.kind, rest=UNKNOWN, description="By tool: the last result."),
            "usage": USAGE,
        }
    ),
    source="ours",
)

CHAT_TYPES = (CHAT_SEND, CHAT_HISTORY, AGENT_RUN)
