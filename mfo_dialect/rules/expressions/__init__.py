"""Rules on expressions: MFO5xx."""
