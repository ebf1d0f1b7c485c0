"""Events arrive while the stream is open."""
