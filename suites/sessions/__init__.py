"""Sessions end, gates restart, and streams know it."""
