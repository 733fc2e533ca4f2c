"""The window, the only package that uses Qt. It draws what a player shows and stores no data."""
