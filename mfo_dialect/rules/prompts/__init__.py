"""Rules on prompts: MFO6xx."""
