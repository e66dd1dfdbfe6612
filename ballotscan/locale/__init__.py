"""Vietnamese and English words."""
