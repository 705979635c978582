"""Settings that all tests share."""

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A campaign may take its time."""
    if IS_LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(4 * 3600))
