"""The command line: the one boundary from error to exit code."""
