"""Rules on agents and triggers: MFO7xx."""
