"""Ways out of a recording, one file each. None yet."""
