"""The page on the client is run from its top: each example prints what stands below it."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from mfo_dialect.syntax import parse, to_value
from mfo_runtime.server import Script, ServerSettings, start_server
from tests.docs.blocks import ROOT

PAGE = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
SCRIPT = re.compile(r"^<!-- file: scripted.yml -->\n```yaml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


async def test_each_example_prints_what_the_page_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = SCRIPT.search(PAGE)
    assert shown is not None
    root = parse(shown[1]).documents[0].root
    assert root is not None
    names: dict[str, Any] = {}
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("```python\n") > 5
    with start_server(
        ServerSettings(data_dir=tmp_path, token="try-me", script=Script.from_data(to_value(root)))
    ) as server:
        for source, printed in examples:
            code = compile(
                source.replace("http://127.0.0.1:8080", server.url),
                "docs/client.md",
                "exec",
                flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            )
            running = eval(code, names)
            if inspect.iscoroutine(running):
                await running
            assert capsys.readouterr().out == printed, source
