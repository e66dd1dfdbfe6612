"""Templates of existing paper, drawn by people."""
