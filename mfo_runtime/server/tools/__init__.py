"""Tools that the server executes: those it has of its own, and the functions of a user's module."""
