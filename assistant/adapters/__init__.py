"""The only place in `assistant` for third-party packages."""
