"""Pure rules: what may be entered, what it makes of a case, and who may see it."""
