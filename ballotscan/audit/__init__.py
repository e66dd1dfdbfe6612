"""The audit image of one ballot."""
