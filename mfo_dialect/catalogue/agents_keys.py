"""The keys of agents documents (dialect section 9)."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.catalogue.values import (
    DURATION,
    TEXT,
    AnyType,
    EitherType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    NumberType,
    SchemaType,
    TextType,
)

_TEMPLATE_TEXT = TextType(format=Format.TEMPLATE)
_TEXTS = ListType(TextType(non_empty=True))

SPENDING = (
    Key("max_tokens", IntegerType(1), "The most tokens that it may use."),
    Key("max_cost", NumberType(0), "The most that it may cost."),
    Key("max_tool_calls", IntegerType(0), "How often it may call tools."),
)
"""What an agent may spend, and a task that runs one."""
REQUESTS_PER_MINUTE = Key("requests_per_minute", IntegerType(1), "How often the server may be asked in a minute.")

MODEL = MapType(
    "model",
    (
        Key("provider_id", TextType(names=Names.PROVIDER, non_empty=True), "The provider."),
        Key("model_id", TextType(names=Names.MODEL, non_empty=True), "The model."),
    ),
)

AGENT = MapType(
    "agent",
    (
        Key("id", TextType(names=Names.AGENT, non_empty=True), "The agent's name, where agents are a list."),
        Key("name", TEXT, "A title for people."),
        Key("description", TEXT, "What the agent is for."),
        Key("objectives", _TEXTS, "What the agent aims at."),
        Key(
            "capabilities",
            ListType(TextType(names=Names.CAPABILITY, non_empty=True)),
            "What the agent can do; tasks may choose by it.",
        ),
        Key(
            "prompt_template_id", TextType(names=Names.PROMPT_TEMPLATE, non_empty=True), "The agent's prompt template."
        ),
        Key("context", _TEMPLATE_TEXT, "The first layer of the prompt: what the agent knows."),
        Key(
            "guide",
            EitherType((_TEMPLATE_TEXT, ListType(TextType(format=Format.TEMPLATE, non_empty=True)))),
            "The second layer: how the agent works.",
        ),
        Key("task", _TEMPLATE_TEXT, "The third layer: what the agent does."),
        Key(
            "tools",
            ListType(TextType(names=Names.TOOL, non_empty=True)),
            "The tools that it may call; agent:<id> calls another agent.",
        ),
        Key("model", MODEL, "The model that it asks."),
        Key("fallbacks", ListType(MODEL), "The models to ask when that one fails, in order."),
        Key(
            "interaction",
            MapType(
                "interaction",
                (
                    Key("max_turns", IntegerType(1, 1000), "How often the model is asked.", default="8"),
                    Key(
                        "can_delegate_to",
                        ListType(TextType(names=Names.AGENT, non_empty=True)),
                        "The agents that it may hand work to.",
                    ),
                    Key(
                        "require_approval_for",
                        ListType(TextType(names=Names.TOOL, non_empty=True)),
                        "The tools that a person must approve.",
                    ),
                    Key(
                        "session",
                        MapType("session", (Key("ttl", DURATION, "How long a conversation is kept.", default="30m"),)),
                        "How conversations are kept.",
                    ),
                ),
            ),
            "How the agent works with others.",
        ),
        Key(
            "limits",
            MapType(
                "limits",
                (*SPENDING, Key("timeout", DURATION, "How long it may take."), REQUESTS_PER_MINUTE),
            ),
            "What the agent may spend.",
        ),
        Key(
            "memory",
            MapType(
                "memory",
                (
                    Key("keys", _TEXTS, "The keys of the server's memory that it reads and writes."),
                    Key(
                        "history_limit", IntegerType(0), "How many messages of the conversation it sees.", default="10"
                    ),
                    Key(
                        "max_context_tokens",
                        IntegerType(1),
                        "The most tokens that it is told: the system prompt, and the newest messages that fit.",
                    ),
                ),
            ),
            "What the agent remembers.",
        ),
        Key("output_schema", SchemaType(Names.SCHEMA), "What the answer must be like."),
        Key(
            "cache",
            MapType("cache", (Key("ttl", DURATION, "How long an answer is kept.", default="1h"),)),
            "Answer the same prompt with the answer that it had before.",
        ),
        Key(
            "allowed_triggers",
            ListType(TextType(names=Names.TRIGGER, non_empty=True)),
            "The triggers whose runs may start it; all where this is not given.",
        ),
    ),
    at_most_one_of=(("prompt_template_id", "guide"), ("prompt_template_id", "task")),
)

LISTED_AGENT = replace(
    AGENT, keys=tuple(replace(key, required=True) if key.name == "id" else key for key in AGENT.keys)
)

AGENTS_FILE = MapType(
    "agents file",
    (
        Key(
            "agents",
            EitherType((MapType("agents", others=AGENT, key_names=Names.AGENT), ListType(LISTED_AGENT))),
            "The agents by id, or a list of agents with ids.",
            required=True,
        ),
        Key("name", TEXT, "A title for people."),
        Key("description", TEXT, "What the agents are for."),
        Key("version", AnyType(), "The version of this definition."),
    ),
)
