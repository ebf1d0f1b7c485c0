"""The application that the origin stands for: loops and what happens to them."""
