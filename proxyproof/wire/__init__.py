"""What happens on the wire: the link, raw handshakes, frames, heads and recordings."""
