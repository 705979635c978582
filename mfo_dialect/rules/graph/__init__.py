"""Rules on nodes and edges: MFO3xx."""
