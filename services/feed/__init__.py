"""What each organisation is told, in order, as it comes to see it."""
