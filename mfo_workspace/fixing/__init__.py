"""Applying the fixes of findings to a bundle of texts, in rounds, keeping only what makes it better.

Texts in, texts out: nothing here reads or writes a file, so that an editor can mend what is not saved yet.
"""

from __future__ import annotations

from mfo_workspace.fixing.choosing import Fixable, Mending, chosen_fix, count_fixable
from mfo_workspace.fixing.rounds import FixedBundle, Refusal, fix_bundle

__all__ = ["Fixable", "FixedBundle", "Mending", "Refusal", "chosen_fix", "count_fixable", "fix_bundle"]
