"""Management of the one-machine life."""
