"""Events arrive whole and in the order in which they were published."""
