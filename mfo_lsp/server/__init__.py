"""The language server: a table of methods over one session; the only package that speaks the protocol.

It converts and decides when, never what: what is said of a document comes from ``mfo_lsp.features`` and the checker.
"""
