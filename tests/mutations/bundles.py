"""The right bundles that mistakes are planted into."""

from __future__ import annotations

import importlib.util
import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from tests.mutations.letters import SPELLINGS, letters
from tests.mutations.memos import memos
from tests.mutations.planting import Files

ROOT = Path(__file__).resolve().parents[2]
_CONFORMANCE = Path(os.environ.get("MFO_CONFORMANCE") or ROOT.parent / "shared" / "conformance")
_GENERATOR = _CONFORMANCE.parent / "bench" / "gen_bundle.py"


def examples() -> dict[str, Files]:
    """The repository's examples that are right."""
    folders = [folder for folder in sorted((ROOT / "examples").iterdir()) if any(folder.glob("*workflow*.yml"))]
    return {f"example {folder.name}": _read(folder) for folder in folders}


def _read(folder: Path) -> Files:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))}


@cache
def _generator() -> ModuleType | None:
    """The script that writes the bundles for measuring, where it stands beside the checkout."""
    if not _GENERATOR.exists():
        return None
    spec = importlib.util.spec_from_file_location("gen_bundle", _GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_generator_there() -> bool:
    """Whether bundles for measuring can be made."""
    return _GENERATOR.exists()


def generated(tasks: int, seed: int, style: str) -> Files | None:
    """A bundle for measuring; None where its script is not there."""
    script = _generator()
    if script is None:
        return None
    flow = script.Flow(tasks, seed, style)
    return {"workflow_definition.yml": flow.build(), "prompts_definition.yml": script.prompts_text(flow.rng)}


def right_bundles(chance: random.Random, sizes: tuple[int, ...] = (10, 110)) -> Iterator[tuple[str, Files]]:
    """Bundles without an error or warning, by name, in all spellings."""
    for style in SPELLINGS:
        yield f"letters {style}", letters(style)
        yield f"memos {style}", memos(style)
        for tasks in sizes:
            files = generated(tasks, chance.randrange(10_000), style)
            if files is not None:
                yield f"generated {tasks} {style}", files
    yield from examples().items()
