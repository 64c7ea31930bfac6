"""What an operator may set about Claude. Names of models are plain text: new ones come more often than releases of this program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.store.tutoring_money import Limits
from bot.tutor.claude.prices import Price, nano

DEFAULT_ADDRESS = "https://api.anthropic.com"
CALL_S, WHOLE_S = 8.0, 9.0
LEARNER_DAY, GROUP_DAY, MONTH = 0.30, 2.0, 20.0  # dollars
LIMITS = Limits(nano(LEARNER_DAY), nano(GROUP_DAY), nano(MONTH))


@dataclass(frozen=True, slots=True)
class Model:
    """A model and how it is asked; effort and thinking are left to it where they are empty."""

    name: str
    effort: str = ""
    thinking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaudeOptions:
    """How Claude is asked. `strong` is asked once more where the first model's answer does not hold; `author` drafts."""

    api_key: str = field(repr=False)
    model: Model = Model("claude-haiku-5-5", "medium", "disabled")
    strong: Model = Model("claude-sonnet-5-5", "low")
    author: Model = Model("claude-opus-5-5")
    base_url: str = DEFAULT_ADDRESS
    timeout_s: float = CALL_S  # of one request
    whole_s: float = WHOLE_S  # of all that follows one submission
    max_tokens: int = 2_500  # thinking counts against it
    parallel: int = 4
    limits: Limits = LIMITS
    prices: Mapping[str, Price] = field(default_factory=dict)
