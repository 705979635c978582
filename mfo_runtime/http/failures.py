"""What the HTTP library raises, as errors of the tree and without its own words, since those can quote headers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import httpx2

from mfo_runtime.errors import (
    ConnectionFailedError,
    InvalidInputError,
    InvalidResponseError,
    MfoError,
    RequestTimeoutError,
)

_LOST_CONNECTION = ("disconnected", "peer closed connection")


def origin_of(url: httpx2.URL) -> str:
    """Scheme, host and port: all of a url that may be shown."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port is not None else "")


@contextmanager
def fence(origin: str) -> Generator[None]:
    """Turn whatever the HTTP library raises into the errors of the tree, without its own words: they can quote headers."""
    try:
        yield
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, UnicodeEncodeError, ValueError):
        raise InvalidInputError(
            f"The request to {origin} cannot be sent: its url, method or a header has characters that HTTP does not allow."
        ) from None
    except httpx2.TimeoutException as error:
        raise _timed_out(error, origin) from None
    except httpx2.RemoteProtocolError as error:
        raise _broken_answer(error, origin) from None
    except httpx2.DecodingError:
        raise InvalidResponseError(f"The answer of {origin} is not compressed as it says.") from None
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        raise _lost_connection(error, origin) from None


def _timed_out(error: httpx2.TimeoutException, origin: str) -> RequestTimeoutError:
    match error:
        case httpx2.ConnectTimeout():
            return RequestTimeoutError(f"{origin} did not accept a connection in time.")
        case httpx2.WriteTimeout():
            return RequestTimeoutError(f"{origin} did not take the request in time.")
        case _:
            return RequestTimeoutError(f"{origin} did not go on with its answer in time.")


def _broken_answer(error: httpx2.RemoteProtocolError, origin: str) -> MfoError:
    if any(words in str(error) for words in _LOST_CONNECTION):
        return ConnectionFailedError(f"{origin} closed the connection before its answer was whole.")
    what = "redirects to what is no http address" if "location" in str(error) else "answers with what is not HTTP"
    return InvalidResponseError(f"{origin} {what}.")


def _lost_connection(error: Exception, origin: str) -> ConnectionFailedError:
    match error:
        case httpx2.ProxyError():
            return ConnectionFailedError(f"The proxy did not connect to {origin}.", hint="Check the proxy's settings.")
        case httpx2.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return ConnectionFailedError(
                f"The certificate of {origin} is not trusted.",
                hint="Check the address; for a private authority, set SSL_CERT_FILE.",
                transient=False,
            )
        case httpx2.ConnectError():
            return ConnectionFailedError(f"No connection to {origin}.")
        case _:
            return ConnectionFailedError(f"The connection to {origin} broke.")


def too_long(limit: int, origin: str) -> InvalidResponseError:
    """The error for an answer of more than ``limit`` bytes."""
    return InvalidResponseError(
        f"The answer of {origin} is longer than the {limit} bytes that are allowed.",
        hint="Ask for less at once, or raise max_response_bytes.",
    )
