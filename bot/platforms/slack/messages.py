"""Cards to messages: as few as hold everything, none above Slack's limits, each with its words as plain text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import Card, FileCard, PictureCard, ProgressCard, StreakCard
from bot.platforms.plain import render as in_words
from bot.platforms.slack.blocks import Block, texts
from bot.platforms.slack.cards import render
from bot.platforms.slack.escape import fallback

BLOCKS, WEIGHT = 50, 12_000  # Slack refuses messages with more blocks, and long before its limit on text
LONGEST_WORDS = 3_900  # of a fallback that says everything; Slack advises 4,000


@dataclass(frozen=True, slots=True)
class Message:
    """One message as Slack takes it. `text` is for notifications and for those who cannot see blocks."""

    text: str
    blocks: tuple[Block, ...]


def messages(cards: Sequence[Card], *, above: Sequence[Block] = ()) -> tuple[Message, ...]:
    """Everything that some cards show; pictures are files, so here they are their descriptions.

    `above` stands before the cards.
    """
    parts = split([*above, *(block for card in _in_words(cards) for block in render(card))])
    spoken = "\n".join(filter(None, (words_of(above).strip(), fallback("\n".join(in_words(card) for card in cards)))))
    if len(parts) == 1 and len(spoken) <= LONGEST_WORDS:
        return (Message(spoken, tuple(parts[0])),)
    return tuple(Message(words_of(part), tuple(part)) for part in parts)


def _in_words(cards: Sequence[Card]) -> list[Card]:
    """The cards without pictures of what the card before them says in words."""
    before = (None, *cards)
    return [
        card
        for last, card in zip(before, cards, strict=False)
        if not (isinstance(card, PictureCard) and isinstance(last, StreakCard | ProgressCard))
    ]


def pictures(cards: Sequence[Card]) -> tuple[PictureCard, ...]:
    """The cards that have to be uploaded."""
    return tuple(card for card in cards if isinstance(card, PictureCard))


def files(cards: Sequence[Card]) -> tuple[FileCard, ...]:
    """The files to upload as they are."""
    return tuple(card for card in cards if isinstance(card, FileCard))


def split(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks in messages, none with too many, too heavy, or with two tables."""
    parts: list[list[Block]] = []
    weight = 0
    for block in blocks:
        heavy = sum(len(fallback(text)) for text in texts(block))
        tables = block["type"] == "table" and bool(parts) and any(one["type"] == "table" for one in parts[-1])
        if not parts or len(parts[-1]) == BLOCKS or weight + heavy > WEIGHT or tables:
            parts.append([])
            weight = 0
        parts[-1].append(block)
        weight += heavy
    return parts


def words_of(blocks: Sequence[Block]) -> str:
    """The words of some blocks, one text to a line."""
    return fallback("\n".join(text.strip() for text in texts(list(blocks)) if text.strip())) or " "
