"""What an organisation may ask of the views."""
