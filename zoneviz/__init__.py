"""zoneviz: see why a Mach kernel ran out of zone memory."""

__version__ = "0.1.0"
