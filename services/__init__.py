"""Application services: use cases and projections on the record."""
