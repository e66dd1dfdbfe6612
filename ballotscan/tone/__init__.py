"""How light the paper of a scan is: what registration and marks both measure with."""
