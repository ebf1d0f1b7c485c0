"""A filter narrows and never leaks."""
