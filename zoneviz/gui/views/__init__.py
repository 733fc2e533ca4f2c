"""One file a view. Each is a `View` (see base.py) with a title; none keeps data that a model could hold."""
