"""What a bundle means: its documents as one value, scopes, references, the graph and the order of its nodes."""
