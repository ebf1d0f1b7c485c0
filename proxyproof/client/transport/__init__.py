"""The two ways to receive a stream, WebSocket and Server-Sent Events, behind one interface."""
