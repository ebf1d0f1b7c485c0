"""WebSocket back to Server-Sent Events, and forth again."""
