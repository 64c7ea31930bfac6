"""What learners and authors wrote, made harmless for Slack; and what people typed in Slack, as they meant it. Pure.

Learner text goes only where Slack reads nothing into it: plain text objects, rich text and raw cells. The fallback text of
a message is the one place that Slack parses, so there it is escaped.
"""

from __future__ import annotations

import re

from bot.platforms.plain import clean

LINK = re.compile(r"<((?:https?|mailto|tel|ftp)[^<>|\s]*)(?:\|([^<>]*))?>")
NAMES = (
    "daily|today|placement|answer|quiz|challenge|submit|run|hint|explain|ask|vote|report|streak|progress|leaderboard|pair|duel"
    "|settings|privacy|group|help"
)
COMMAND = re.compile(rf"(?<![\w/.:<])/(?=(?:{NAMES}|learn(?! (?:{NAMES})\b))(?![\w/-]))")
# All but /link, which is typed on the other account, wherever that is.
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # the last one last, or &amp;lt; would be undone twice


def literal(text: str) -> str:
    """Text for where Slack shows characters as they are."""
    return clean(text)


def typed_here(text: str) -> str:
    """Our own words with the commands in them as one types them in Slack, behind its one slash command."""
    return COMMAND.sub("/learn ", text)


def fallback(text: str) -> str:
    """Text for where Slack looks for mentions and links: it finds none."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What a person typed, from what Slack made of it: links are their words again, and entities their characters."""
    words = LINK.sub(lambda link: link[2] or link[1].removeprefix("mailto:").removeprefix("tel:"), text)
    for entity, character in ENTITIES:
        words = words.replace(entity, character)
    return words
