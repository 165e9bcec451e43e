"""Standings: who stands where, at any instant."""
