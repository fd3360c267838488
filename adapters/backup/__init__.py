"""A copy of everything that cannot be made again, and an installation made from it."""
