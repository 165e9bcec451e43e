"""Podium: competitions, submissions, boards. The one Django package."""
