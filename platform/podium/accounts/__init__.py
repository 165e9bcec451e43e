"""People: users and their API tokens. Knows no competition."""
