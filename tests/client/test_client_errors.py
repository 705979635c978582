"""The failure tree: what is drawn is what there is, and no text of it carries a credential."""

from __future__ import annotations

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_runtime import errors
from mfo_runtime.errors import (
    REDACTED,
    InternalError,
    MfoError,
    Place,
    RateLimitedError,
    RequestTimeoutError,
    RunError,
    ServerError,
    TaskError,
    UnresolvedReferenceError,
    error_from_data,
    is_name_of_secret,
    redact,
    redact_data,
)


def descendants(cls):
    for child in cls.__subclasses__():
        yield child
        yield from descendants(child)


CLASSES = [
    cls
    for family in (ServerError, TaskError, RunError)
    for cls in (family, *descendants(family))
    if cls.__module__.startswith(f"{errors.__name__}.")
]
LEAVES = [cls for cls in CLASSES if not any(child in CLASSES for child in cls.__subclasses__())]


def test_the_tree_drawn_at_the_top_is_the_tree():
    drawn = re.findall(r"^( *)(\w+Error)\b *([a-z_]*)", errors.__doc__, re.MULTILINE)
    tree = [(len(indent) // 4, name, code) for indent, name, code in drawn if name != "MfoError"]
    assert tree == [
        (
            len(cls.__mro__) - 4,
            cls.__name__,
            cls.code if cls in LEAVES else ("an" if cls.__name__ == "ServerError" else word),
        )
        for cls, word in ((cls, {"TaskError": "a", "RunError": "the"}.get(cls.__name__, "")) for cls in CLASSES)
    ]


def test_codes_are_stable():
    assert {cls.code for cls in LEAVES} == {
        "connection_failed", "timeout", "authentication", "authorization", "not_found", "conflict", "rate_limited",
        "validation", "internal", "invalid_response", "circuit_open", "unresolved_reference", "condition_failed",
        "loop_limit_exceeded", "invalid_output", "task_timeout", "unknown_task_type", "missing_variable",
        "template_error", "expression_error", "task_failed", "agent_limit", "budget_exceeded", "agent_not_allowed",
        "run_timeout", "cancelled", "invalid_input", "flow_refused", "journal", "run_held", "not_recorded", "not_resumable",
    }  # fmt: skip
    assert len({cls.code for cls in LEAVES}) == len(LEAVES)


@pytest.mark.parametrize("cls", [cls for cls in LEAVES if cls.code != "cancelled"], ids=lambda cls: cls.code)
def test_every_failure_says_what_to_do(cls):
    assert cls("It went wrong.").hint.endswith(".")


@pytest.mark.parametrize("cls", LEAVES, ids=lambda cls: cls.code)
def test_an_error_can_be_written_down_and_read_again(cls):
    place = Place("a.yml", 12, 7)
    error = cls("It went wrong.", task="a/b", attempt=2, place=place, status=503, retry_after=1.5, details={"a": [1]})
    again = error_from_data(json.loads(json.dumps(error.to_data())))
    assert type(again) is cls
    assert (again.to_data(), again.place) == (error.to_data(), place)


def test_what_is_known_is_said_and_the_rest_is_not():
    error = UnresolvedReferenceError("There is no ${b.x}.", place=Place("a.yml", 12, 7), details={"nearest": "b.y"})
    assert str(error) == "a.yml:12:7: There is no ${b.x}. [unresolved_reference]"
    assert error.to_data() == {
        "code": "unresolved_reference",
        "message": "There is no ${b.x}.",
        "transient": False,
        "hint": UnresolvedReferenceError.default_hint,
        "place": "a.yml:12:7",
        "details": {"nearest": "b.y"},
    }


def test_the_engine_adds_where_it_happened_and_overwrites_nothing():
    error = InternalError("No.", request_id="r1", attempt=2)
    assert error.located(task="assess/extract", attempt=9, place="a.yml:1:2") is error
    assert str(error) == "a.yml:1:2: No. (task assess/extract, attempt 2, request r1) [internal]"
    assert error.located(task="other").task == "assess/extract"


def test_transient_is_the_kinds_unless_said_otherwise():
    assert RequestTimeoutError("x").transient
    assert not RequestTimeoutError("x", transient=False).transient
    assert not InternalError("x").transient
    assert RateLimitedError("x", retry_after=3.0).to_data()["retry_after"] == 3.0


def test_a_copy_is_the_same_failure():
    error = RateLimitedError("x", retry_after=3.0, task="t", details={"a": [1]})
    assert copy.copy(error).to_data() == error.to_data()
    assert copy.copy(error) is not error


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc123def456", f"Authorization: Bearer {REDACTED}"),
        ("authorization: basic dXNlcjpwYXNz=", f"authorization: basic {REDACTED}"),
        ("got eyJhbGciOiJI.eyJzdWIiOiIx.c2ln!", f"got {REDACTED}!"),
        ("at https://ada:pw@example.org/x", f"at https://{REDACTED}@example.org/x"),
        ("a bearer authentication is asked for", "a bearer authentication is asked for"),
        ("write to ada@example.org", "write to ada@example.org"),
        ("one\x00two\x1b[31m\r\ud800", "one\ufffdtwo\ufffd[31m\ufffd\ufffd"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_credentials_and_control_characters_are_never_shown(text, shown):
    assert redact(text) == shown
    assert MfoError(text).message == shown


def test_known_secrets_are_struck_out_the_longest_first():
    assert redact("s3cret-long and s3cret", ["s3cret", "s3cret-long", "a", ""]) == f"{REDACTED} and {REDACTED}"


def test_a_secret_at_the_cut_does_not_survive_in_part():
    text = "x" * 1990 + "very-secret-value"
    assert "very" not in redact(text, ["very-secret-value"])
    assert len(redact("x" * 10**6)) == 2000


def test_details_are_bounded_plain_and_clean():
    endless = []
    endless.append(endless)
    data = redact_data(
        {"api_key": "k-1", "max_tokens": 5, "list": list(range(500)), "deep": endless, 7: {"y": object}, "t": "sesame"},
        ["sesame"],
    )
    assert (data["api_key"], data["max_tokens"], data["t"]) == (REDACTED, 5, REDACTED)
    assert len(data["list"]) == 100
    assert isinstance(data["7"]["y"], str)
    assert len(json.dumps(data)) < 2000


NAMES_OF_SECRETS = ("password", "passwd", "passphrase", "secret", "token", "api_key", "api-key", "apikey", "authorization", "credential", "cookie")  # fmt: skip


@given(
    st.sampled_from(NAMES_OF_SECRETS), st.text(max_size=5), st.text(max_size=5), st.lists(st.booleans(), min_size=13)
)
def test_a_secret_is_known_by_its_name_in_any_case_and_company(name, before, after, uppers):
    written = "".join(letter.upper() if is_upper else letter for letter, is_upper in zip(name, uppers, strict=False))
    assert is_name_of_secret(before + written + after)


@pytest.mark.parametrize("name", ["paſſword", "toKen", "credentİal", "authorızation"])
def test_letters_that_count_as_the_same_are_the_same(name):
    assert is_name_of_secret(name)


@pytest.mark.parametrize("name", ["", "key", "author", "compass", "cook", "sec ret", "monkey", "passing"])
def test_other_names_are_no_secrets(name):
    assert not is_name_of_secret(name)
