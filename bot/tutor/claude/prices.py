"""What requests cost: prices per million tokens, with the date they were read, and sums without rounding.

Money is in whole billionths of a dollar: a price of $0.10 per million tokens is exactly 100 of them per token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from bot.store.tutoring_money import Used

NANO_PER_TOKEN = 1_000  # billionths of a dollar per token, for each dollar per million tokens
NANO_PER_DOLLAR = 10**9


@dataclass(frozen=True, slots=True)
class Price:
    """Billionths of a dollar per token: of a prompt, an answer, and a prompt written to or read from the service's cache."""

    input: int
    output: int
    write: int
    read: int

    @classmethod
    def per_million(cls, given: str) -> Price:
        """Read four prices in dollars per million tokens, as in "0.10 0.50 0.125 0.01": input, output, write, read.

        Raises:
            ValueError: they are not four, or finer than a tenth of a cent.
        """
        fields = [Decimal(field) * NANO_PER_TOKEN for field in given.split()]
        if len(fields) != 4 or any(field != int(field) or field < 0 for field in fields):
            raise ValueError(
                "give four prices in dollars per million tokens, to three decimals: input output write read"
            )
        return cls(*map(int, fields))

    def of(self, used: Used) -> int:
        """What this use costs."""
        return used.input * self.input + used.output * self.output + used.written * self.write + used.read * self.read

    def at_most(self, prompt_bytes: int, max_tokens: int) -> int:
        """What a request can cost at the very most: no token is shorter than a byte, and every one may be written to the cache."""
        return prompt_bytes * max(self.input, self.write) + max_tokens * self.output


AS_OF = date(2026, 11, 1)
"""When the prices below were read; settings may name others."""
PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "claude-haiku-5-5": Price.per_million("0.10 0.50 0.125 0.01"),
        "claude-sonnet-5-5": Price.per_million("2 10 2.50 0.10"),
        "claude-opus-5-5": Price.per_million("4 20 5 0.20"),
        "claude-fable-5-1": Price.per_million("10 50 12.50 0.25"),
    }
)
DEAREST = PRICES["claude-fable-5-1"]  # of a model without a known price, so that no budget is passed by ignorance


def price_of(model: str, own: Mapping[str, Price]) -> Price:
    """The price of a model: as set, else as known here, else the dearest."""
    return own.get(model) or PRICES.get(model) or DEAREST


def is_known(model: str, own: Mapping[str, Price]) -> bool:
    """Whether a model's price is set or known here."""
    return model in own or model in PRICES


def nano(dollars: float) -> int:
    """Dollars, as a person sets them, in billionths."""
    return int(Decimal(str(dollars)) * NANO_PER_DOLLAR)
