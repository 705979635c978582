"""What an editor is told, one feature a file: pure functions of a snapshot, without any protocol.

Places are keys of texts and offsets in code points; values are frozen.
"""
