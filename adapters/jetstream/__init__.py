"""The record kept on NATS JetStream."""
