"""The opening handshake and the request of a stream arrive as they were sent."""
