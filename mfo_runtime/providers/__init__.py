"""Who answers chat questions: a small contract, and OpenAI-compatible endpoints; it knows no MFO server and no agent."""
