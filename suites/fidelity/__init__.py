"""What arrives is what was sent, byte for byte, both ways."""
