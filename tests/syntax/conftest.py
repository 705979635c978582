import pytest

from mfo_dialect.syntax.events import BEST_ENGINE, Engine


@pytest.fixture(params=list(Engine), ids=lambda engine: engine.value)
def engine(request):
    if request.param is Engine.C and BEST_ENGINE is not Engine.C:
        pytest.skip("the C engine is not installed")
    return request.param
