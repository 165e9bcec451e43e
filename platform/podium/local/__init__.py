"""One-machine life: `make run`, `make test` and the demo. Nothing else of Podium imports it."""
