"""The cases: what must hold for a stream behind an authenticating proxy; a folder a topic."""
