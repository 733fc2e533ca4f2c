"""Painting that several views share."""
