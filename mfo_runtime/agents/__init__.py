"""Agents as code: steps, flows of steps, sessions, adapters to models, and safeguards around them; it knows no document."""
