"""What a real browser makes of the streams: the strictest client, and the one that users have."""
