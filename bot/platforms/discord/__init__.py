"""Discord: the host, how cards look there, and what people's clicks mean. The only place that knows discord.py."""
