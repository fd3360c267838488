"""A year of a network that does not exist: pure, and from the same arguments always the same, to the byte."""
