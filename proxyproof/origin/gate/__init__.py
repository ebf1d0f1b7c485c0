"""Who may pass, and what they ask for."""
