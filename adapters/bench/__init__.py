"""Figures of the service beside those of its peers: made by `raccordo bench`, never by a test."""
