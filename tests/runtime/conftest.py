"""What tests of running flows look at."""

from __future__ import annotations

import pytest


@pytest.fixture
def asked_models(monkeypatch):
    """The models that the client asks for, in order."""
    from mfo_runtime.client.chat import ChatRequest

    models, to_data = [], ChatRequest.to_data

    def keep(request):
        models.append(request.model_id)
        return to_data(request)

    monkeypatch.setattr(ChatRequest, "to_data", keep)
    return models


@pytest.fixture
def requests(monkeypatch):
    """Every chat request that the client sends, as the server takes it."""
    from mfo_runtime.client.chat import ChatRequest

    sent = []
    to_data = ChatRequest.to_data

    def keep(request):
        data = to_data(request)
        sent.append(data)
        return data

    monkeypatch.setattr(ChatRequest, "to_data", keep)
    return sent
