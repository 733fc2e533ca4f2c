"""Theme, tables and small widgets. Knows nothing of recordings."""
