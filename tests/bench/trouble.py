"""What ends a benchmark with a sentence instead of figures."""


class BenchError(Exception):
    """A figure cannot be had: what was seen, and what to do."""
