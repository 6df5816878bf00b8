"""Turns what we know, and what a user adds, into a searchable index."""
