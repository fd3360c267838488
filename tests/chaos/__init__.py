"""More of what the tests do to the service: many kills, floods and inputs, bounded in time, seeds printed."""
