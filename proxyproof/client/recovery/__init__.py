"""What to do after a connection ended: pure rules, without a socket or a clock of their own."""
