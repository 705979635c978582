"""The running side: the engine, the client of the MFO server and the local MFO server."""
