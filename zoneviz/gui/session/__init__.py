"""What one window has open: the recording, the moment, the selection, background jobs, the live run, a comparison."""
