"""The commands of ``mfo``: one file each."""
