"""Templates that ask for ``engine: jinja2``: checked with jinja2's parser, rendered in its sandbox.

jinja2's parser stops at its first mistake and knows lines only; names are found again in its own token stream. It
knows nothing of Go templates; both engines give callers the same interface.
"""

from __future__ import annotations

from mfo_dialect.templates.jinja.sandbox import JINJA_FILTERS, JINJA_TESTS
from mfo_dialect.templates.jinja.template import JinjaTemplate

__all__ = ["JINJA_FILTERS", "JINJA_TESTS", "JinjaTemplate"]
