"""Settings that all tests share."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    if not HAS_REGISTRY:
        terminalreporter.write_line(LEFT_OUT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a package registry run where they are asked for; a campaign may take its time."""
    if not HAS_REGISTRY:
        items[:] = [item for item in items if item.get_closest_marker("registry") is None]
    if IS_LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(4 * 3600))


@pytest.fixture(autouse=True, scope="session")
def no_findings_of_other_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each run of the tests has a cache of its own, and leaves none beside the files that it checks."""
    before = os.environ.get("MFO_CACHE_DIR")
    os.environ["MFO_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("MFO_CACHE_DIR")
    if before is not None:
        os.environ["MFO_CACHE_DIR"] = before
