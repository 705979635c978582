"""Filling an event into the texts of an action."""

from __future__ import annotations

import json

import pytest

from mfo_runtime.server.fill_in import fill_in, fill_in_body

EVENT = {"type": "t", "job": {"id": "j", "n": 5, "list": [{"a": None}, 2.5], "quote": 'say "é"\n', "my-key": True}}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("plain", "plain"),
        ("${event.job.id}", "j"),
        (" ${ event.job.n } ", 5),
        ("${event.job.my-key}", True),
        ("${event.job.list.1}", 2.5),
        ("${event.job.list.0.a}", None),
        ("${event.job.list.9}", None),
        ("${event.job.list.99999999999999999999}", None),
        ("${event.nothing.at.all}", None),
        ("n=${event.job.n}, no=${event.no}, list=${event.job.list}", 'n=5, no=, list=[{"a": null}, 2.5]'),
        ("${event}", "${event}"),
        ("${events.job.id} ${INPUT.x} $${x}", "${events.job.id} ${INPUT.x} $${x}"),
        ({"${event.type}": ["${event.type}", 7, None]}, {"${event.type}": ["t", 7, None]}),
    ],
)
def test_references_are_replaced(template, filled):
    assert fill_in(template, EVENT) == filled


def test_a_body_that_is_json_stays_json_whatever_is_filled_in():
    body = fill_in_body('{"text": "it says: ${event.job.quote}", "n": "${event.job.n}"}', EVENT)
    assert json.loads(body) == {"text": 'it says: say "é"\n', "n": 5}


def test_a_body_that_is_no_json_is_text():
    assert fill_in_body("job=${event.job.id}&n=${event.job.n}", EVENT) == "job=j&n=5"


def test_deep_templates_are_not_followed_for_ever():
    template = "${event.type}"
    for _ in range(200):
        template = [template]
    assert json.dumps(fill_in(template, EVENT)).count("[") == 200
