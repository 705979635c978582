"""Rules on references: MFO4xx."""
