"""What whoever runs the service looks at and does."""
