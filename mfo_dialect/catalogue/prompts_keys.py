"""The keys of prompts documents (dialect section 8)."""

from __future__ import annotations

from mfo_dialect.catalogue.values import (
    TEXT,
    AnyType,
    EitherType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    SchemaType,
    TextType,
)

BODY_KEY = "user_prompt"
"""What the body of a template in Markdown says."""
USER_PROMPT_KEYS = ("template", BODY_KEY)
"""The two ways to say the user prompt of a template; one of them is written."""
_TEMPLATE_TEXT = TextType(format=Format.TEMPLATE)
_NAME = Key("name", TEXT, "A title for people.")
_DESCRIPTION = Key("description", TEXT, "What it is for.")

TOOL = MapType(
    "tool",
    (
        Key("name", TextType(non_empty=True), "The tool's name; the key where it is not given."),
        Key("description", TEXT, "What the model is told of the tool."),
        Key("parameters", SchemaType(), "The tool's arguments."),
    ),
)
INLINE_TOOL = MapType(
    "tool",
    (
        Key("name", TextType(non_empty=True), "The tool's name.", required=True),
        Key("description", TEXT, "What the model is told of the tool."),
        Key("parameters", SchemaType(), "The tool's arguments."),
    ),
)

TEMPLATE = MapType(
    "prompt template",
    (
        _NAME,
        _DESCRIPTION,
        Key("template", _TEMPLATE_TEXT, "The prompt, when there is only a user prompt."),
        Key("system_prompt", _TEMPLATE_TEXT, "The system prompt."),
        Key(BODY_KEY, _TEMPLATE_TEXT, "The user prompt."),
        Key(
            "variables",
            EitherType(
                (
                    ListType(TextType(names=Names.VARIABLE, non_empty=True)),
                    MapType("variables", others=SchemaType(), key_names=Names.VARIABLE),
                )
            ),
            "The required variables: names, or name to JSON Schema.",
        ),
        Key(
            "default_variables",
            MapType("default_variables", others=AnyType(), key_names=Names.VARIABLE),
            "Values for variables that a task does not give.",
        ),
        Key("provider_id", TextType(names=Names.PROVIDER, non_empty=True), "The provider."),
        Key("model_id", TextType(names=Names.MODEL, non_empty=True), "The model."),
        Key("options", MapType("options", others=AnyType()), "Options for the provider, such as temperature."),
        Key(
            "tools",
            ListType(EitherType((TextType(names=Names.TOOL, non_empty=True), INLINE_TOOL))),
            "The tools that the model may call.",
        ),
        Key(
            "tool_choice",
            TextType(names=Names.TOOL, non_empty=True),
            "auto, none, required, or the tool that must be called.",
            default="auto",
        ),
        Key("output_schema", SchemaType(Names.SCHEMA), "What the answer must be like."),
        Key(
            "error_handling_templates",
            MapType("error_handling_templates", others=_TEMPLATE_TEXT, key_names=Names.ERROR_TEMPLATE),
            "Texts that retry_with_prompt adds to the system prompt; they read {{ .error }}.",
        ),
        Key(
            "max_turns",
            IntegerType(1, 1000),
            "How often the model is asked while it calls tools.",
            default="8",
            source="ours",
        ),
        Key("metadata", MapType("metadata", others=AnyType()), "For people and tools."),
        Key("engine", TextType(choices=("go", "jinja2")), "The template language.", default="go", source="ours"),
    ),
    one_of=(USER_PROMPT_KEYS,),
    at_most_one_of=(("template", "system_prompt"),),
)

FRONT_MATTER = MapType(
    "prompt template",
    (
        Key("id", TextType(non_empty=True), "What tasks call it; else the file's name."),
        *(key for key in TEMPLATE.keys if key.name not in USER_PROMPT_KEYS),
    ),
)
"""What a template in Markdown says above its body, which is its user prompt."""

PROMPTS_FILE = MapType(
    "prompts file",
    (
        Key(
            "templates",
            MapType("templates", others=TEMPLATE, key_names=Names.PROMPT_TEMPLATE),
            "The prompt templates by id.",
            required=True,
        ),
        Key("tools", MapType("tools", others=TOOL, key_names=Names.TOOL), "Tools by name, for templates to offer."),
        Key(
            "extraction_schemas",
            MapType("extraction_schemas", others=SchemaType(), key_names=Names.SCHEMA),
            "JSON Schemas by name.",
        ),
        _NAME,
        _DESCRIPTION,
        Key("version", AnyType(), "The version of this definition."),
    ),
)
