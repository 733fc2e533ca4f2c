"""What the views show, as tables and arrays, made from a recording and testable without looking at a widget."""
