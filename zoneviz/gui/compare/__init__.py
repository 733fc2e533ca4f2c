"""Two recordings under one moment: B beside the one that the window shows."""
