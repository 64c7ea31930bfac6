"""Slack: Block Kit out, events in, through slack-bolt."""
