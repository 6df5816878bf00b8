"""The web doorway: one page for people, a JSON API for programs."""
