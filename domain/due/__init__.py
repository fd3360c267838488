"""What falls due on a case: its acts as plain facts for the engine, one subject after the other."""
