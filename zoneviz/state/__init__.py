"""What events add up to: sums, samples and the machine's state. Knows only `events` and numpy."""
