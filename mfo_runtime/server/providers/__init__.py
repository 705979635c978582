"""The providers that this server has of its own."""
