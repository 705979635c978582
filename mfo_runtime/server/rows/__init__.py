"""Stored things that more than one part of the server writes: how each is written, read and shown."""
