"""The home tab: a learner's dashboard, made of the cards that say how they stand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.cards import Action, Card, ProgressCard, StreakCard
from bot.platforms.slack.blocks import Block, actions, fine, heading, said
from bot.platforms.slack.cards import render

MOST = 100
MENU = (
    Action("Today’s questions", "daily", primary=True),
    Action("A challenge", "challenge"),
    Action("Practise", "quiz"),
    Action("My progress", "progress"),
    Action("Leaderboard", "leaderboard"),
    Action("The track", "learn"),
    Action("Explain my last mistake", "explain"),
    Action("Settings", "settings"),
    Action("Help", "help"),
)
WELCOME = "Five questions a day, and challenges whose code really runs. Answers come to you under Messages."


def menu() -> list[Block]:
    """The buttons that stand for the commands used most."""
    return [
        *heading("What would you like to do?"),
        *actions(MENU),
        *fine("Or type: /learn daily, /learn quiz, /learn help …"),
    ]


def home(cards: Sequence[Card]) -> dict[str, Any]:
    """The view for the home tab."""
    shown = [card for card in cards if isinstance(card, StreakCard | ProgressCard)]
    blocks = [*heading("Epochbot"), *said(WELCOME), *actions(MENU)]
    for card in shown:
        blocks += [{"type": "divider"}, *render(_bare(card))]
    if len(blocks) > MOST:
        blocks = [*blocks[: MOST - 1], *fine("There is more: press “My progress”.")]
    return {"type": "home", "callback_id": "home", "blocks": blocks}


def _bare(card: StreakCard | ProgressCard) -> Card:
    """The card without its own buttons: those of the menu do the same."""
    if isinstance(card, StreakCard):
        return card
    return ProgressCard(title=card.title, summary=card.summary, bars=card.bars)
