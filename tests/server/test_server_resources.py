"""Memory, resources and notifications: stored, read, changed and deleted over HTTP."""

from __future__ import annotations

import pytest

WRONG_BODIES = [
    ("POST", "/api/memory", {"value": 1}, 'lacks "key"'),
    ("POST", "/api/memory", {"key": "", "value": 1}, "key: must not be empty"),
    ("POST", "/api/memory", {"key": 7, "value": 1}, "key: must be of type string"),
    ("POST", "/api/memory", {"key": "k"}, 'lacks "value"'),
    ("POST", "/api/memory", ["k"], "must be of type object"),
    ("PUT", "/api/memory/k", {}, 'lacks "value"'),
    ("POST", "/api/resources", {}, 'lacks "type"'),
    ("POST", "/api/resources", {"type": "email", "properties": []}, "properties: must be of type object or null"),
    ("POST", "/api/resources", {"type": "email", "metadata": "m"}, "metadata: must be of type object or null"),
    ("POST", "/api/notifications", {"message": "m"}, 'lacks "title"'),
    ("POST", "/api/notifications", {"title": "t"}, 'lacks "message"'),
    (
        "POST",
        "/api/notifications",
        {"title": "t", "message": "m", "level": "loud"},
        "level: must be one of info, success, warning, error",
    ),
]
UNKNOWN = [
    ("GET", "/api/memory/nothing"),
    ("DELETE", "/api/memory/nothing"),
    ("GET", "/api/resources/nothing"),
    ("PUT", "/api/resources/nothing"),
    ("DELETE", "/api/resources/nothing"),
    ("GET", "/api/notifications/nothing"),
    ("PUT", "/api/notifications/nothing/read"),
    ("DELETE", "/api/notifications/nothing"),
]


@pytest.mark.parametrize(("method", "path", "body", "message"), WRONG_BODIES)
def test_a_wrong_body_is_refused_with_its_place(api, method, path, body, message):
    error = api.error(method, path, body, status=400)
    assert error["code"] == "validation"
    assert error["message"] == message


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_what_is_not_there_is_not_found(api, method, path):
    body = {} if method == "PUT" and "read" not in path else None
    assert api.error(method, path, body, status=404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("key", "in_path"), [("plain", "plain"), ("a/b c", "a%2Fb%20c"), ("é?#", "%C3%A9%3F%23"), ("..", "%2E%2E")]
)
@pytest.mark.parametrize("value", [None, 0, "text", [1, {"a": None}], {"é": "\u2028"}, 1e300, 2**80])
def test_memory_keeps_any_value_under_any_key(api, key, in_path, value):
    assert api.ok("POST", "/api/memory", {"key": key, "value": value, "metadata": {"m": 1}})["success"] is True
    if key == "..":
        return
    entry = api.ok("GET", f"/api/memory/{in_path}")
    assert (entry["key"], entry["value"], entry["metadata"]) == (key, value, {"m": 1})


def test_memory_is_overwritten_and_deleted(api):
    first = api.ok("POST", "/api/memory", {"key": "again", "value": 1})
    second = api.ok("PUT", "/api/memory/again", {"value": 2})
    assert second["value"] == 2
    assert second["created_at"] == first["created_at"]
    assert api.ok("DELETE", "/api/memory/again") == {"success": True}
    api.error("GET", "/api/memory/again", status=404)


def test_memory_is_listed_by_prefix(api):
    for key in ("list%:1", "list%:2", "listed"):
        api.ok("POST", "/api/memory", {"key": key, "value": key})
    found = api.ok("GET", "/api/memory?prefix=list%25:")
    assert [entry["key"] for entry in found["memory"]] == ["list%:1", "list%:2"]


def test_a_resource_lives(api):
    created = api(
        "POST", "/api/resources", {"type": "email", "content": "Hello", "properties": {"from": "a"}}, status=201
    ).json()
    assert created == api.ok("GET", f"/api/resources/{created['id']}")
    assert (created["type"], created["content"], created["properties"]) == ("email", "Hello", {"from": "a"})
    updated = api.ok("PUT", f"/api/resources/{created['id']}", {"properties": {"read": True}})
    assert (updated["content"], updated["properties"]) == ("Hello", {"read": True})
    assert api.ok("DELETE", f"/api/resources/{created['id']}") == {"success": True}
    api.error("GET", f"/api/resources/{created['id']}", status=404)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ({"type": "t", "properties": {"content": "inside"}}, "inside"),
        ({"resource_type": "t", "properties": {"content": "inside"}, "content": "outside"}, "outside"),
        ({"type": "t", "content": {"any": ["json"]}}, {"any": ["json"]}),
        ({"type": "t"}, ""),
    ],
)
def test_a_resources_content_may_stand_in_its_properties(api, body, content):
    assert api.ok("POST", "/api/resources", body)["content"] == content


def test_resources_are_listed_by_type_and_by_page(start):
    api = start()
    for index in range(5):
        api.ok("POST", "/api/resources", {"type": "odd" if index % 2 else "even", "content": index})
    everything = api.ok("GET", "/api/resources")
    assert [resource["content"] for resource in everything["resources"]] == [0, 1, 2, 3, 4]
    assert everything["pagination"] == {"page": 1, "page_size": 1000, "total": 5}
    even = api.ok("GET", "/api/resources?type=even&page=2&page_size=2")
    assert [resource["content"] for resource in even["resources"]] == [4]
    assert even["pagination"] == {"page": 2, "page_size": 2, "total": 3}
    assert api.ok("GET", "/api/resources?page=9")["resources"] == []


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=²", "page_size=0", "page_size=1001", f"page={10**12}"]
)
def test_a_page_that_cannot_be_is_refused(api, query):
    assert api.error("GET", f"/api/resources?{query}", status=400)["details"]["path"] in ("page", "page_size")


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Done", "message": "All of it", "level": "success", "user_id": "u1"},
        {"title": "Done", "content": "All of it", "type": "success", "user_id": "u1"},
    ],
)
def test_a_notification_is_written_in_either_way_read_and_deleted(api, body):
    created = api("POST", "/api/notifications", body, status=201).json()
    assert (created["title"], created["message"], created["content"]) == ("Done", "All of it", "All of it")
    assert (created["level"], created["type"], created["user_id"]) == ("success", "success", "u1")
    assert created["read_at"] is None
    path = f"/api/notifications/{created['id']}"
    first = api.ok("PUT", f"{path}/read")
    assert first["success"] is True
    assert api.ok("PUT", f"{path}/read")["read_at"] == first["read_at"] == api.ok("GET", path)["read_at"]
    assert api.ok("DELETE", path) == {"success": True}
    api.error("GET", path, status=404)
