"""A Slack-shaped server for tests: it checks what an app sends, shows what people see, and sends signed events."""
