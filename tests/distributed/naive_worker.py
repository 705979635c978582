"""``mfo worker`` as somebody would write it who lets DBOS number the steps: in the order in which they begin."""

from __future__ import annotations

from typing import Any

from dbos import DBOS

from mfo_runtime.cli.commands import main
from mfo_runtime.distributed.steps import StepNumbers


def _as_it_comes(_numbers: StepNumbers, _node: int) -> Any:
    return DBOS.reserve_step()


if __name__ == "__main__":
    StepNumbers.next_of = _as_it_comes
    main()
