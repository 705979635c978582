"""Which names some letters find, and in which order."""

from __future__ import annotations

import pytest

from mfo_lsp.features.workspace_symbols import MAX_FOUND, best, find_symbols, match_name
from tests.features.bundles import snapshot_of

NAMES = ["send", "send_mail", "sendmail", "resend", "fetch_and_send", "SendMail", "s_e_n_d", "mail", "dnes"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("send", ["send", "send_mail", "sendmail", "SendMail", "s_e_n_d", "resend", "fetch_and_send"]),
        ("SEND", []),
        ("Send", ["SendMail"]),
        ("sm", ["SendMail", "send_mail", "sendmail"]),
        ("fas", ["fetch_and_send"]),
        ("mail", ["mail", "send_mail", "sendmail", "SendMail"]),
        ("xyz", []),
    ],
)
def test_letters_find_names_the_best_first(query, found):
    ranked = [(match_name(query, name), len(name), name.lower(), index) for index, name in enumerate(NAMES)]
    kept = sorted(rank for rank in ranked if rank[0] is not None)
    assert sorted(NAMES[rank[-1]] for rank in kept) == sorted(found)
    assert [NAMES[rank[-1]] for rank in kept][:1] == found[:1]


def found(query, **files):
    return [(match.entry.name, match.container, match.document) for match in find_symbols(snapshot_of(**files), query)]


def test_names_of_all_documents_are_found():
    assert found("inner") == [("inner", "write.group", "workflow.yml")]
    assert found("clerk") == [("clerk", "", "agents.yml")]
    assert found("again") == [("again", "answer", "prompts.yml")]


@pytest.mark.parametrize("query", ["group.inner", "wri/inn", "write::group::inner", "write.inner", " group . inner"])
def test_the_names_around_narrow_the_search(query):
    assert found(query) == [("inner", "write.group", "workflow.yml")]


def test_names_around_must_be_there_in_order():
    assert found("group.write.inner") == []


def test_nothing_asked_finds_all_and_many_are_cut():
    assert len(found("")) > 10
    text = "name: a\ntasks:\n" + "".join(f"  - id: t{number}\n" for number in range(2 * MAX_FOUND))
    matches = find_symbols(snapshot_of(workflow=text), "t")
    assert len(matches) == MAX_FOUND
    assert best((*matches, *matches)) == matches
