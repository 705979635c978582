"""What starts flows when nobody sits at a terminal: webhooks, schedules, calls by hand, events of the MFO server.

Whatever starts a run is written into the journal before anybody is told that it was accepted; what a process leaves
undone when it dies, the next one goes on with. Many processes may serve one journal: a firing begins one run.

``loading`` finds the triggers, ``service.serve_triggers`` serves them; each is imported from its own module, since the
service is slow to load.
"""
