"""ballotscan reads scanned paper ballots and counts them."""

__version__ = "0.1.0"
