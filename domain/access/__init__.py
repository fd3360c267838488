"""Who may speak, and who sees what of each kind of record: what is not named here is hidden from everybody."""
