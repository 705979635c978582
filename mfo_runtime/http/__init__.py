"""The one seam to the HTTP library: a request goes out, an answer or one of our errors comes back.

It knows nothing of the MFO server: no routes, no tokens, no retries. What it guarantees: one pool of connections, every
wait bounded, answers of bounded size, no cookie kept, and no header or body of the caller's sent to another host.
"""

from mfo_runtime.http.client import HttpClient
from mfo_runtime.http.events import EventStream
from mfo_runtime.http.tracing import Tracing
from mfo_runtime.http.values import HttpRequest, HttpResponse, HttpSettings, Redirects, Timeouts

__all__ = [
    "EventStream",
    "HttpClient",
    "HttpRequest",
    "HttpResponse",
    "HttpSettings",
    "Redirects",
    "Timeouts",
    "Tracing",
]
