"""A token of a letter or two, or one that is a word of JSON, is no reason to garble what is kept."""

from __future__ import annotations

import pytest

from tests.runs.processes import mfo


@pytest.mark.parametrize("token", ["t", "true", "9999"])
def test_a_failure_is_kept_and_told_whatever_the_token_is(token, tmp_path):
    flow = tmp_path / "w.mfo.yml"
    flow.write_text("name: w\ntasks: [{id: tools, type: mfo_api_tool_list}]\n")
    (tmp_path / "mfo_client.yml").write_text("client: {base_url: 'http://127.0.0.1:9', retry: {max_attempts: 1}}\n")
    ended = mfo("run", flow, home=tmp_path / "home", MFO_TOKEN=token)
    assert ended.status == 1
    assert "[connection_failed]" in ended.stderr
    assert '"connection_failed"' in mfo("show", "last", "--json", home=tmp_path / "home").stdout
