"""What Slack sends, heard: each listener keeps what must not be lost before Slack is acknowledged."""
