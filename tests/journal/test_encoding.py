"""Values in the journal: they come back exactly as they were, and no secret stands in them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_runtime.errors import JournalError
from mfo_runtime.flow.secrets import forms_of
from mfo_runtime.journal import Codec, Hidden, hidden_paths, shown

SECRETS = {"api": 's3cret"vä/lue', "other": "s3cret"}


def codec(secrets=SECRETS):
    forms = {
        form: (name, number)
        for name, value in sorted(secrets.items(), reverse=True)
        for number, form in enumerate(forms_of(value))
    }
    return Codec(lambda: forms, lambda form: forms_of(secrets[form[0]])[form[1]])


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
WITH_SECRETS = SCALARS | st.builds("{}{}{}".format, st.text(), st.sampled_from([*SECRETS.values(), "$mfo"]), st.text())
KEYS = st.text() | st.integers() | st.none() | st.booleans() | st.sampled_from(["$mfo", "key", *SECRETS.values()])
VALUES = st.recursive(
    WITH_SECRETS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(VALUES)
def test_values_come_back_as_they_were_and_hold_no_secret(value):
    text = codec().encode(value)
    assert repr(codec().decode(text)) == repr(value)
    for secret in SECRETS.values():
        for form in forms_of(secret):
            assert json.dumps(form)[1:-1] not in text


def test_a_secret_is_resolved_anew():
    text = codec().encode({"header": f"Bearer {SECRETS['api']}!"})
    later = codec({"api": "another one", "other": "-"})
    assert later.decode(text) == {"header": "Bearer another one!"}
    assert shown(text) == {"header": "Bearer [redacted]!"}


def test_what_stands_under_the_name_of_a_secret_is_hidden():
    value = {"json": {"access_token": "abc", "total_tokens": 5, "list": [{"password": "x"}]}, "token": SECRETS["api"]}
    back = codec().decode(codec().encode(value))
    assert list(hidden_paths(back)) == ["json.access_token", "json.list.0.password"]
    assert back["token"] == SECRETS["api"]
    assert back["json"]["total_tokens"] == 5
    assert isinstance(back["json"]["access_token"], Hidden)
    assert codec().encode(back) == codec().encode(value)


@pytest.mark.parametrize(
    ("body", "is_hidden"),
    [
        ('{"access_token": "abc", "expires": 5}', True),
        ('[{"user": {"password": "x"}}]', True),
        ('{"total_tokens": 5}', False),
        ('{"password": "x"', False),
        ("my password is a word", False),
    ],
)
def test_a_body_that_is_json_is_hidden_with_what_is_hidden_in_it(body, is_hidden):
    back = codec().decode(codec().encode({"body": body}))
    assert isinstance(back["body"], Hidden) is is_hidden
    assert is_hidden or back["body"] == body


def test_a_value_of_another_kind_is_kept_as_its_text():
    assert codec().decode(codec().encode({"when": complex(1, 2), "pair": (1, "a")})) == {
        "when": "(1+2j)",
        "pair": [1, "a"],
    }


def test_a_value_without_a_bottom_is_refused():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(JournalError, match="nested too deeply"):
        codec().encode(value)
