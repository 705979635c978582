"""Rules on the text itself: MFO1xx."""
