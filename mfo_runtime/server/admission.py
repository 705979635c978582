"""Who is let in at the gate: those who show a good token, and everybody where none is needed; as often as they may."""

from __future__ import annotations

import time

from starlette.datastructures import Headers
from starlette.types import Scope

from mfo_runtime.server.failures import ApiError, ErrorCode
from mfo_runtime.server.rates import Rates
from mfo_runtime.server.service import Service
from mfo_runtime.server.serving import CALLER_KEY

_LOG_IN = "/auth/login"
_PROTECTED = ("/api", "/auth-protected")


class Admission:
    """Lets in the callers of one server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        settings = service.settings
        self._rates = Rates(settings.rate_limit, time.monotonic) if settings.rate_limit is not None else None
        self._log_ins = Rates(settings.log_in_limit, time.monotonic) if settings.log_in_limit is not None else None

    def __call__(self, scope: Scope, headers: Headers) -> None:
        """Find out who calls; refuse strangers where a token is needed, whether or not such a route exists."""
        token = bearer_token(headers)
        caller = self._service.accounts.caller_of(token) if token else None
        path = str(scope["path"])
        if caller is None and any(path == prefix or path.startswith(f"{prefix}/") for prefix in _PROTECTED):
            raise needs_token(token)
        scope[CALLER_KEY] = caller
        if caller is not None and self._rates is not None:
            self._rates.count(caller.user_id)
        if path == _LOG_IN and self._log_ins is not None:
            self._log_ins.count(_address(scope))


def bearer_token(headers: Headers) -> str:
    """The token that a request shows; empty for none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def needs_token(shown: str) -> ApiError:
    """The refusal of a request that showed this token, or none."""
    message = "the token is not valid" if shown else "this needs an Authorization: Bearer header"
    return ApiError(ErrorCode.AUTHENTICATION, message, headers={"WWW-Authenticate": "Bearer"})


def _address(scope: Scope) -> str:
    """The address of whoever calls; all that have none count as one."""
    client = scope.get("client")
    return str(client[0]) if client else ""
