"""What is named at a place, and every place where it is written: the ground of definition, references and rename.

A symbol is one named thing of a bundle. It knows no protocol: places are keys of texts and offsets.
"""

from mfo_lsp.features.symbols.index import SymbolIndex, index_symbols
from mfo_lsp.features.symbols.sayers import node_named
from mfo_lsp.features.symbols.values import Occurrence, Spelling, Symbol, SymbolKind

__all__ = ["Occurrence", "Spelling", "Symbol", "SymbolIndex", "SymbolKind", "index_symbols", "node_named"]
