"""The routes of dialect section 12, one module a resource; each lists its own as ``ENDPOINTS``."""
