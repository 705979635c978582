"""The bytes of a request's body: so many at most, and in time."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from mfo_runtime.server.failures import ApiError, ErrorCode

_TOO_LARGE = 413
_TOO_SLOW = 408


async def read_body(request: Request, limit: int, patience: float) -> bytes:
    """The body of a request.

    Args:
        request: the request.
        limit: bytes that are read at most.
        patience: seconds in which all of it must be there.

    Raises:
        ApiError: a 413 or a 408, after which the connection is closed.
    """
    too_large = ApiError(
        ErrorCode.VALIDATION,
        f"the body has more than {limit} bytes",
        status=_TOO_LARGE,
        headers={"Connection": "close"},
    )
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > len(str(limit)) or int(announced) > limit):
        raise too_large
    pieces: list[bytes] = []
    room = limit
    try:
        async with asyncio.timeout(patience):
            async for piece in request.stream():
                room -= len(piece)
                if room < 0:
                    raise too_large
                pieces.append(piece)
    except TimeoutError as error:
        raise ApiError(
            ErrorCode.VALIDATION, "the body did not arrive in time", status=_TOO_SLOW, headers={"Connection": "close"}
        ) from error
    return b"".join(pieces)
