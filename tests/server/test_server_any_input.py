"""Whatever a client sends, the server answers in its own form and never with a failure of its own."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_runtime.server.app import ENDPOINTS
from tests.effort import examples

WITH_BODY = [endpoint for endpoint in ENDPOINTS if endpoint.body is not None]
PATHS = {
    (endpoint.method, endpoint.path): endpoint.path.replace("{key:path}", "a%2Fb").replace(
        "{tool_id}", "text_statistics"
    )
    for endpoint in ENDPOINTS
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def near_bodies(endpoint):
    """Bodies with the keys that the route knows, with values that may be right."""
    text = st.sampled_from(["email", "echo", "webhook", "notification", "job", "info", "http://x.test", "user", "true"])
    value = JSON | text | st.lists(st.fixed_dictionaries({"role": text, "content": JSON}), max_size=2)
    return st.dictionaries(st.sampled_from(sorted(endpoint.body["properties"])), value, max_size=6)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
@settings(max_examples=examples(40))
@given(data=st.data())
def test_any_body_is_served_or_refused(api, endpoint, data):
    body = data.draw(near_bodies(endpoint) | JSON)
    answer = api(endpoint.method, PATHS[endpoint.method, endpoint.path], body)
    assert answer.status_code < 500, answer.text
    if answer.is_error:
        assert set(answer.json()) == {"code", "message", "details"}


@settings(max_examples=examples(150))
@given(path=st.text(st.characters(exclude_categories=["Cs"]), max_size=20), content=st.binary(max_size=50))
def test_any_path_and_bytes_are_served_or_refused(api, path, content):
    for method, where in [("POST", "/api/memory"), ("PUT", f"/api/memory/{quote(path)}"), ("POST", f"/{quote(path)}")]:
        answer = api(method, where, content=content)
        assert answer.status_code < 500, answer.text
