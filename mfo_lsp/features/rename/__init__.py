"""Another name for one thing of a bundle, at every place where it is written and nowhere else.

It knows no protocol. What cannot be renamed is refused with the reason, before anything is changed: the texts are read
again as they would be, and every name in them must mean what it meant before.
"""

from mfo_lsp.features.rename.renaming import Renameable, Renaming, prepare_rename, rename
from mfo_lsp.features.rename.values import Refusal

__all__ = ["Refusal", "Renameable", "Renaming", "prepare_rename", "rename"]
