"""What the person at an editor can have rewritten: each refactoring a function from a selection to what it offers.

They know no protocol. What an offer gives is verified before anybody sees it (``refactor``): the texts are read and
checked as they would be, and nothing may have become worse.
"""

from mfo_lsp.features.refactorings.offering import REFACTORINGS, offers, refactor
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection

__all__ = ["REFACTORINGS", "Obstacle", "Offer", "Selection", "offers", "refactor"]
