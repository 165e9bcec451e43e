"""Competitions, their phases and truths. Knows teams and submissions only by being imported."""
