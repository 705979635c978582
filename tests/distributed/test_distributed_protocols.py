"""A worker of another version leaves a run to those of its own, who know what was done and used before."""

from __future__ import annotations

from tests.effort import PATIENCE

from .forking import mfo, mfo_server
from .pool import until, worker

FLOW = """\
name: asking
input_schema: {type: object, required: [url], properties: {url: {type: string}}}
tasks:
  - {id: told, type: mfo_api_chat_send, config: {content: Good morning}}
  - {id: two, type: http_request, config: {method: POST, url: "${INPUT.url}/two"}, dependencies: [told]}
  - {id: asked, type: mfo_api_chat_send, config: {content: Good night}, dependencies: [two]}
"""


OTHER = "tests.distributed.other_protocol"


def test_a_run_is_gone_on_with_by_workers_of_its_protocol(pool, server, tmp_path):
    flow = tmp_path / "asking.mfo.yml"
    flow.write_text(FLOW)
    server.hold("two")
    with mfo_server(home=tmp_path) as variables:
        run = pool.submit(flow, url=server.url)
        with worker(pool.url, tmp_path, **variables) as first:
            assert server.arrived["two"].wait(PATIENCE)
            first.kill()
        with worker(pool.url, tmp_path, module=OTHER, **variables) as other:
            until(lambda: "leaves them alone" in "".join(other.said))
            refused = mfo("resume", run, home=tmp_path, module=OTHER, MFO_DATABASE_URL=pool.url)
        assert refused.status == 2
        assert "was begun under replay protocol" in refused.stderr
        assert pool.run(run).state == "running"
        server.let_go("two")
        with worker(pool.url, tmp_path, **variables):
            pool.ends(run)
    told, asked = (node.usage for node in pool.history(run).nodes if node.usage)
    total = {name: told[name] + asked[name] for name in ("input_tokens", "output_tokens")}
    assert {name: pool.run(run).usage[name] for name in total} == total
