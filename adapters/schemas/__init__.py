"""The form of acts and answers as JSON Schemas."""
