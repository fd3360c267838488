"""Everything with a socket, a file, a clock or a screen."""
