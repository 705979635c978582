"""What goes wrong in an exchange with a server."""

from __future__ import annotations

from mfo_runtime.errors.failure import MfoError


class ServerError(MfoError):
    """An exchange with a server failed."""


class ConnectionFailedError(ServerError):
    """There was no connection, or it broke before the whole answer was there."""

    code = "connection_failed"
    default_hint = "Check that the server runs and that its address is right."
    default_transient = True


class RequestTimeoutError(ServerError):
    """The whole answer was not there in time."""

    code = "timeout"
    default_hint = "Try again, or give the client a longer timeout."
    default_transient = True


class AuthenticationError(ServerError):
    """The server does not know who asks."""

    code = "authentication"
    default_hint = "Log in with mfo login, set MFO_TOKEN to a valid token, or give the client an email and a password."


class AuthorizationError(ServerError):
    """The server knows who asks, and refuses."""

    code = "authorization"
    default_hint = "Ask for the permission, or use a token that has it."


class NotFoundError(ServerError):
    """What was asked for does not exist."""

    code = "not_found"
    default_hint = "Check the id, and that the server is the one that holds it."


class ConflictError(ServerError):
    """The request contradicts what the server holds."""

    code = "conflict"
    default_hint = "Read the present state first, then decide."


class RateLimitedError(ServerError):
    """The server asks for fewer requests."""

    code = "rate_limited"
    default_hint = "Wait as long as the server asks, or lower the concurrency."
    default_transient = True


class ValidationError(ServerError):
    """The server finds the request wrong."""

    code = "validation"
    default_hint = "Correct what the server names; the same request will not be accepted later either."


class InternalError(ServerError):
    """The server failed on its own."""

    code = "internal"
    default_hint = "Try again; if it stays, give the request id to whoever runs the server."


class InvalidResponseError(ServerError):
    """The answer cannot be read as what was asked for."""

    code = "invalid_response"
    default_hint = "Check that the address is that of an MFO server, and that no proxy answers in its place."


class CircuitOpenError(ServerError):
    """The server failed so often that it is left alone for a while."""

    code = "circuit_open"
    default_hint = "Wait until the server is well again."
    default_transient = True
