"""From pixels to numbers to statuses. Touches neither disk nor clock."""
