"""Spans and metrics of runs and servers, by OpenTelemetry; an extra, loaded where the environment asks for it.

``setting_up`` reads the environment, ``run_spans`` watches a run, ``server_spans`` the requests of a server. Nothing here
sees a value of a run: names of documents, states, codes, durations and counts are all that leaves.
"""
