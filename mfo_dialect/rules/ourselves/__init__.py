"""Rules on settings, suppressions and the checker itself: MFO9xx."""
