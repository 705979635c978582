"""Past one machine: runs on a queue, executed by workers that share a database, with DBOS.

A run is a row and a workflow of DBOS; its tasks are steps of that workflow, so that what has ended is not executed again
by whichever worker goes on. What else happens stands in tables of our own beside those of DBOS, which answer the same
questions as the journal of one machine. Needs the extra ``mfo-lsp[distributed]``.
"""
