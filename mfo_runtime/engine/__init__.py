"""The run of a taskflow: a pure state machine, and the thin shell that performs what it asks for."""
