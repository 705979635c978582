"""Applying the fixes of findings to a bundle of texts, in rounds, keeping only what makes it better.

Texts in, texts out: nothing here reads or writes a file, so that an editor can mend what is not saved yet.
"""

from __future__ import annotations

from mfo_workspace.fixing.choosing import Choose, Mending
from mfo_workspace.fixing.rounds import FixedBundle, Refusal, fix_bundle

__all__ = ["Choose", "FixedBundle", "Mending", "Refusal", "fix_bundle"]
