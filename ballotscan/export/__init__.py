"""What other programs read: CSV, JSON."""
