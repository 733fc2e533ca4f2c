"""Pictures and films of views, painted without a screen."""
