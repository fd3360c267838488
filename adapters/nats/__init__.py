"""The message server, and who may speak to it."""
