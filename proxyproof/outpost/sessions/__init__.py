"""Sessions: what a login leaves behind, where it is kept, and the cookie that points to it."""
