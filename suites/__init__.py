"""The cases: what must hold for an event stream behind an authenticating proxy, a folder a topic."""
