"""``mfo/tests``: the tests of flows, for clients that list them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from mfo_lsp.server.convert import to_key
from mfo_lsp.server.flow_tests import file_data, find_tests
from mfo_lsp.server.host import Server
from mfo_lsp.server.own_params import read_own_params


@dataclass(frozen=True, slots=True)
class TestsParams:
    """Whose tests are wanted; None for all of the workspace."""

    __test__ = False

    uri: str | None = None


def read_params(params: object) -> TestsParams:
    """Read ``{textDocument?: {uri}}``.

    Raises:
        ValueError: something in it is of another type.
    """
    said: object = params
    if isinstance(params, Mapping) and cast("Mapping[str, object]", params).get("textDocument") is not None:
        return TestsParams(read_own_params(said).uri)
    return TestsParams()


async def answer(server: Server, params: TestsParams) -> dict[str, Any]:
    """The tests of the file that is named, else those of all files of the workspace.

    Returns:
        ``files``, each with ``uri``, ``tests`` (``test``, a number that counts from 0 in the file, ``name`` and ``range``) and
        ``problem``: what keeps the file from being run (``message`` and ``range``), or ``null``.
    """
    found = await find_tests(server, to_key(params.uri) if params.uri is not None else None)
    return {"files": [file_data(server, file) for file in found]}
