"""Rules on what may stand where: MFO2xx."""
