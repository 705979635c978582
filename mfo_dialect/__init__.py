"""The MFO language: from text to positions, model, meaning and findings.

This package is pure. It knows no protocol, network, disk, event loop or log; texts come in, values go out, and no
text makes it raise.
"""
