"""Documents as frozen values: workflows, prompts, agents, configurations and the project file.

Lowering reads a tree into these values and never raises; what is missing or wrong is None or left out, and the rules
say so. The values hold tree nodes, so every one of them knows where it stands.
"""
