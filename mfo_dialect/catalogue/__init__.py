"""What may stand where in MFO documents: one declaration each for every task type and every key.

Completion, hover, validation, the schemas and the engine read these tables; none of them knows a key of its own.
"""
