"""What happens to a connection does not happen to the events."""
