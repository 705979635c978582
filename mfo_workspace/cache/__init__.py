"""What earlier checks found, kept on disk: an entry is good as long as all that the check looked at is the same.

Knows files, digests and values; no rule, no YAML. A cache that is damaged, or cannot be written, is an empty one.
"""
