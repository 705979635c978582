"""The OpenAPI document: right in itself, the one that is written, and true of the running server."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

from openapi_spec_validator import validate

from mfo_runtime.server.app import ENDPOINTS
from scripts.generate_schemas import texts
from tests.effort import IS_LONG, PATIENCE, examples

# The types of jobs are each server's own, and what an action needs depends on its type: the document tells neither.
UNTOLD = """
[[operations]]
include-name = "POST /api/jobs"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-name = "POST /api/config/event-triggers"
checks.positive_data_acceptance.enabled = false
"""


def test_the_document_is_right_and_is_the_one_that_is_written(api):
    document = api.http.get("/openapi.json", headers={"Authorization": ""}).json()
    validate(document)
    assert texts()["openapi.json"] == Path("schemas/openapi.json").read_text(encoding="utf-8")
    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert told == {(endpoint.method, endpoint.path.replace(":path", "")) for endpoint in ENDPOINTS}


def test_the_running_server_keeps_to_its_document(start, tmp_path):
    """Schemathesis asks for whatever the document allows, and for what it forbids."""
    api = start(log_in_limit=None)
    program = Path(sysconfig.get_path("scripts"), "schemathesis")
    command = [
        program,
        "run",
        f"{api.server.url}/openapi.json",
        "--header",
        f"Authorization: Bearer {api.server.token}",
    ]
    command += ["--max-examples", str(examples(2)), "--phases", "examples,coverage,fuzzing" + ",stateful" * IS_LONG]
    command += ["--generation-database", "none", "--no-color", "--request-timeout", str(PATIENCE)]
    (tmp_path / "schemathesis.toml").write_text(UNTOLD, encoding="utf-8")
    command += [] if IS_LONG else ["--seed", "1"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=None if IS_LONG else 2 * PATIENCE, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
