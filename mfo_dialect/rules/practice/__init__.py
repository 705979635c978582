"""Rules on what goes well until it does not: secrets, addresses, retries, limits: MFO8xx."""
