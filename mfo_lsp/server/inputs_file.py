"""The file beside a workflow that says what a run of it is given."""

from __future__ import annotations

from typing import Any, cast

from mfo_dialect.syntax import TooManyNodesError, parse, to_value
from mfo_lsp.server.convert import directory_of
from mfo_lsp.server.lookup import View
from mfo_workspace.files import UnreadableFileError

INPUTS_FILE = "inputs.yml"


def inputs_beside(view: View) -> dict[str, Any] | None:
    """What ``inputs.yml`` in the directory of a workflow holds; None where there is none that holds a map."""
    try:
        tree = parse(view.session.files.read(f"{directory_of(view.key)}/{INPUTS_FILE}"))
        value: Any = to_value(tree.documents[0].root) if tree.documents and not tree.problems else None
    except (UnreadableFileError, TooManyNodesError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
