"""The window. The only package that knows Qt; it draws what the player says and keeps no data of its own."""
