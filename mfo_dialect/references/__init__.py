"""References: three spellings, one meaning (dialect section 6).

Works on the decoded text of a scalar; spans are relative to it. It knows neither YAML nor which nodes there are.
"""

from mfo_dialect.references.nodes import Reference, Segment, Spelling
from mfo_dialect.references.paths import parse_path
from mfo_dialect.references.scan import RESERVED_ROOTS, Piece, bare_reference, scan, unescape_bare
from mfo_dialect.references.substitute import Lookup, as_text, substitute

__all__ = [
    "RESERVED_ROOTS",
    "Lookup",
    "Piece",
    "Reference",
    "Segment",
    "Spelling",
    "as_text",
    "bare_reference",
    "parse_path",
    "scan",
    "substitute",
    "unescape_bare",
]
