"""Who answers chat requests: a small contract, and the providers that this server has of its own."""
