"""From statuses to votes to totals to outcome. No pixels, no files."""
