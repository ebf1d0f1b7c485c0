"""Control from afar, for a harness that runs elsewhere: diagnostic, and only with the token."""
