"""What is forgotten by itself, once a day: code and free text that are old, and the traces of who was forgotten."""

from __future__ import annotations

from datetime import timedelta

from bot.services import Services

HOUR_UTC = 3


async def forget_old(services: Services) -> int:
    """Blank code and free text older than the operator keeps them, and clean the file where that is still to be done.

    Returns:
        How many texts were blanked.
    """
    privacy, days = services.store.privacy, services.keep_code_days
    blanked = await privacy.forget_words(services.now() - timedelta(days=days)) if days else 0
    await privacy.scrub()
    return blanked
