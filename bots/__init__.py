"""The doorways: command line and web. They parse, call the core and render; nothing else is decided here."""
