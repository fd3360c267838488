"""Doors and queries by HTTP."""
