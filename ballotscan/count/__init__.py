"""The one place that puts the stages in order."""
