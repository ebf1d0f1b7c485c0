"""Streams: from an event to the bytes on each connection."""
