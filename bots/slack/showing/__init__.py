"""What Slack shows: answers, views and fixed texts as Block Kit, within Slack's limits and without live markup."""
