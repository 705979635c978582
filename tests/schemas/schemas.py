"""The generated schemas as validators, and MFO documents as plain data."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from mfo_dialect.syntax import parse, to_value
from mfo_lsp.cli.schema import KINDS, schema_text

SCHEMAS: dict[str, dict[str, Any]] = {kind: json.loads(schema_text(kind)) for kind in KINDS}
VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in SCHEMAS.items()}


def data_of(text: str) -> Any:
    """The one document of a YAML text as plain data."""
    tree = parse(text)
    assert not tree.problems
    (document,) = tree.documents
    return to_value(document.root)


def problems(kind: str, data: Any) -> dict[str, str]:
    """What a schema finds: path to message; of alternatives, the one that fits best."""
    found: dict[str, str] = {}
    for one in VALIDATORS[kind].iter_errors(data):
        error = best_match([one])
        assert error is not None
        found[".".join(str(step) for step in error.absolute_path)] = error.message
    return found
