"""Doors and queries by message."""
