"""What models used, as ``mfo run`` and ``mfo show`` say it."""

from __future__ import annotations

import pytest

from mfo_runtime.cli.usage_words import agent_lines, usage_words


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ({}, ""),
        ({"total_tokens": 9}, "9 tokens"),
        ({"output_tokens": 2, "input_tokens": 7}, "7 input tokens, 2 output tokens"),
        ({"total_tokens": 9, "input_tokens": 7, "output_tokens": 2}, "9 tokens (7 input, 2 output)"),
        ({"total_tokens": 9, "cost": 0.00035499999999999996, "agents": {"a": {}}}, "9 tokens, cost 0.000355"),
        ({"cost": 0.0}, "cost 0"),
        ({"cost": 12.5, "cached_tokens": 3}, "cost 12.5, 3 cached tokens"),
        ({"cost": 1.25e-7}, "cost 0.000000125"),
    ],
)
def test_counts_are_words_for_people(usage, words):
    assert usage_words(usage) == words


def test_each_agent_has_a_line_the_dearest_first():
    agents = {"b": {"tokens": 5}, "desk": {"tokens": 9, "cost": 0.5}, "a": {"tokens": 7, "cost": 0.25}}
    assert agent_lines({"agents": agents}) == [
        "desk  9 tokens, cost 0.5",
        "a     7 tokens, cost 0.25",
        "b     5 tokens",
    ]
    assert agent_lines({"total_tokens": 9}) == []
