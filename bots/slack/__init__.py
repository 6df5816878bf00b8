"""Slack: a doorway that only translates; answers, dates and what is kept are the core's."""
