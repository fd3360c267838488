"""Tables and statements of the views."""
