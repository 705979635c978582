"""The documents on disk as the language wants them: read safely, and gathered into bundles.

Stands between the pure language and the two programs that use it, so that the checker, the editor and the engine
see the same files. It knows no protocol and no network.
"""
