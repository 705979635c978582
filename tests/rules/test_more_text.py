"""Texts that are not what they look like: words of YAML 1.1, and characters that nobody sees."""

import pytest

from tests.rules.cases import findings_of, fixed

HEAD = "name: flow\ntasks:\n"


def chat(prompt: str) -> str:
    return HEAD + f"  - id: a\n    type: mfo_api_chat_send\n    config:\n      prompt: {prompt}\n"


def store(value: str) -> str:
    return HEAD + f"  - id: a\n    type: mfo_api_memory_store\n    config: {{key: k, value: {value}}}\n"


def said(text: str, code: str, **beside: str) -> list[str]:
    files = {"workflow.yml": text} | {f"{name}.yml": other for name, other in beside.items()}
    return [files[f.place.document][slice(*f.place.span)] for f in findings_of(files) if f.code == code]


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "1:30", "0755", "-007"])
def test_a_text_that_other_tools_read_otherwise(word: str) -> None:
    text = chat(word)
    assert said(text, "MFO106") == [word]
    assert fixed({"workflow.yml": text}, "Put it in quotes") == chat(f'"{word}"')
    assert not findings_of({"workflow.yml": chat(f'"{word}"')})


@pytest.mark.parametrize("word", ["yes please", "y", "1:75", "10:99", "v1:30", "'on'", '"0755"', "|\n        yes"])
def test_a_text_that_all_tools_read_alike(word: str) -> None:
    assert not said(chat(word), "MFO106")


@pytest.mark.parametrize(
    ("value", "found"), [("007", ["007"]), ("{pin: 0012}", ["0012"]), ("0", []), ("0.5", []), ("yes", []), ("1:30", [])]
)
def test_among_values_only_leading_zeros_are_lost(value: str, found: list[str]) -> None:
    assert said(store(value), "MFO106") == found


def test_names_that_are_keys_and_the_words_of_an_enum() -> None:
    prompts = "templates:\n  on: {user_prompt: Hello}\n"
    assert said(
        HEAD.replace(
            "tasks", "input_schema: {properties: {a: {type: string, enum: [on, never]}, b: {enum: [no]}}}\ntasks"
        )
        + "  - id: a\n    type: mfo_api_chat_send\n    config: {prompt_template_id: 'on', metadata: {a: INPUT.a, b: INPUT.b}}\n",
        "MFO106",
        prompts=prompts,
    ) == ["on", "on"]


@pytest.mark.parametrize(
    ("written", "character"),
    [
        ("say \u202eolleh", "\u202e"),
        ("one\u2028two", "\u2028"),
        ("zero\u200bwidth", "\u200b"),
        ("'read {{\u00a0.name }}'", "\u00a0"),
        ("join\u200ded", "\u200d"),
        ("left\u200e", "\u200e"),
    ],
)
def test_an_invisible_character_in_a_prompt(written: str, character: str) -> None:
    assert said(chat(written), "MFO107") == [character]


@pytest.mark.parametrize(
    "written",
    [
        "Bonjour\u00a0!",
        '"\\u202e"',
        "می\u200cخواهم",
        "\U0001f468\u200d\U0001f469",
        "שלום\u200f!",
        "soft\u00adhyphen",
        "naïve",
    ],
)
def test_a_character_with_a_purpose(written: str) -> None:
    assert not said(chat(written), "MFO107")


def test_keys_ids_and_comments() -> None:
    assert said(HEAD + "  - id: a\n    type: mfo_api_tool_list\n    na\u200bme: x # \u202e\n", "MFO107") == [
        "\u200b",
        "\u202e",
    ]
    assert not said("\ufeff" + chat("hi # wide\u00a0space"), "MFO107")


def test_a_wide_space_becomes_an_ordinary_one() -> None:
    text = chat("'read {{\u00a0.name }}'")
    assert fixed({"workflow.yml": text}, "Replace it by an ordinary space") == text.replace("\u00a0", " ")
    text = chat("zero\u200bwidth")
    assert fixed({"workflow.yml": text}, "Remove it") == text.replace("\u200b", "")
