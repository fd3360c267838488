"""The simulated network played to a running service of its own, as partners would, in a year that ends today."""
