"""Sets the tutor's assistant up from settings: which models, what they may cost, and what runs code for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.config import ConfigError, Settings
from bot.store import Store
from bot.store.tutoring_money import Limits
from bot.tutor.claude import Box, ClaudeAssistant, ClaudeOptions, Model
from bot.tutor.claude.options import DEFAULT_ADDRESS
from bot.tutor.claude.prices import Price, nano
from challenges.grade import Grader

WHOLE = 1.125  # of one request's time, for all that follows a submission: some is left of ten seconds, to say that nothing came


def make_assistant(
    settings: Settings, store: Store, grader: Grader, *, now: Callable[[], datetime], entropy: Callable[[], int]
) -> ClaudeAssistant | None:
    """Claude as settings have it; None without a key.

    Raises:
        ConfigError: prices cannot be read.
    """
    options = claude_options(settings)
    box = Box(grader.grade, grader.passing, grader.apart)
    return ClaudeAssistant(options, store.tutoring, box, now=now, entropy=entropy) if options else None


def claude_options(settings: Settings) -> ClaudeOptions | None:
    """What is set for Claude; None without a key.

    Raises:
        ConfigError: prices cannot be read.
    """
    if settings.anthropic_api_key is None:
        return None
    return ClaudeOptions(
        api_key=settings.anthropic_api_key.get_secret_value(),
        model=Model(settings.claude_model, settings.claude_effort, settings.claude_thinking),
        strong=Model(settings.claude_strong_model, settings.claude_strong_effort, settings.claude_strong_thinking),
        author=Model(settings.claude_author_model),
        base_url=settings.anthropic_base_url or DEFAULT_ADDRESS,
        timeout_s=settings.claude_timeout_s,
        whole_s=settings.claude_timeout_s * WHOLE,
        max_tokens=settings.claude_max_tokens,
        limits=Limits(
            nano(settings.claude_learner_day_usd),
            nano(settings.claude_group_day_usd),
            nano(settings.claude_month_usd),
        ),
        prices=read_prices(settings.claude_prices),
    )


def read_prices(text: str) -> dict[str, Price]:
    """Prices as set: models with four numbers each, parted by semicolons, such as "name 0.10 0.50 0.125 0.01; other 2 10 2.5 0.1".

    Raises:
        ConfigError: they cannot be read.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, _, prices = entry.partition(" ")
        try:
            found[name] = Price.per_million(prices)
        except (ValueError, ArithmeticError) as fault:
            raise ConfigError(f"EPOCHBOT_CLAUDE_PRICES: for {name!r} {fault}.") from None
    return found
