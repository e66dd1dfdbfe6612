"""What people read: the results page."""
