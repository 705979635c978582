"""Settings that all tests share."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.distributed.postgres import programs
from tests.effort import IS_LONG, examples

settings.register_profile(
    "default",
    deadline=None,
    max_examples=examples(60),
    derandomize=not IS_LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")


HAS_REGISTRY = os.environ.get("MFO_REGISTRY", "") not in {"", "0"}
LEFT_OUT = "tests that install packages of npm or PyPI are left out; MFO_REGISTRY=1 runs them, as .ci/run does"


EDITORS = os.environ.get("MFO_EDITORS", "")
WITHOUT_EDITORS = "tests in real editors are left out; MFO_EDITORS names the folder that .ci/editors put them into"


HAS_POSTGRES = programs() is not None
WITHOUT_POSTGRES = "tests with PostgreSQL are left out, as it is not installed here; .ci/run installs it"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    if not HAS_REGISTRY:
        terminalreporter.write_line(LEFT_OUT)
    if not EDITORS:
        terminalreporter.write_line(WITHOUT_EDITORS)
    if not HAS_POSTGRES:
        terminalreporter.write_line(WITHOUT_POSTGRES)


@pytest.fixture(scope="session")
def editors_folder() -> Path:
    """The folder with the real editors."""
    return Path(EDITORS).resolve()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a package registry or an editor run where they are asked for; a campaign may take its time."""
    left_out = {"registry": not HAS_REGISTRY, "editors": not EDITORS, "postgres": not HAS_POSTGRES}
    for marker in (marker for marker, is_left_out in left_out.items() if is_left_out):
        items[:] = [item for item in items if item.get_closest_marker(marker) is None]
    if IS_LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(4 * 3600))


@pytest.fixture(autouse=True, scope="session")
def interrupts_are_heard() -> None:
    """What the tests start can be interrupted, also where a shell started them in its background, deaf to interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def no_findings_of_other_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each run of the tests has a cache of its own, and leaves none beside the files that it checks."""
    before = os.environ.get("MFO_CACHE_DIR")
    os.environ["MFO_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("MFO_CACHE_DIR")
    if before is not None:
        os.environ["MFO_CACHE_DIR"] = before
