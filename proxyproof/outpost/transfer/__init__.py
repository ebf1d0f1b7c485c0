"""HTTP/1.1 on both sides of the outpost: connections, heads, bodies and tunnels; no login."""
