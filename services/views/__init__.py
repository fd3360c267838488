"""The views of every organisation: folded from the record, kept in tables."""
