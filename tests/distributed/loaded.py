"""What commands about pools load, loaded once."""

import psycopg  # noqa: F401
