"""From models to meaning: bundles, scopes, graphs, references and what they lead to."""
