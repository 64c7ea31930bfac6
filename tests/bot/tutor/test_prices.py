"""What requests cost, to the billionth of a dollar."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assisting import claude_options, read_prices
from bot.config import ConfigError, load_settings
from bot.store.tutoring_money import Limits, Used
from bot.tutor.claude.options import Model
from bot.tutor.claude.prices import DEAREST, PRICES, Price, is_known, nano, price_of

COUNT = st.integers(0, 10**6)
TOKENS = st.builds(Used, COUNT, COUNT, COUNT, COUNT)


def test_one_explanation_of_the_default_model_costs_what_the_price_list_says() -> None:
    """2,500 tokens of prompt and 700 of answer: 0.00025 + 0.00035 dollars."""
    assert PRICES["claude-haiku-5-5"].of(Used(input=2_500, output=700)) == 600_000


@given(TOKENS, st.sampled_from(sorted(PRICES)))
def test_a_cost_is_exact(used: Used, model: str) -> None:
    prices = {"claude-haiku-5-5": "0.1 0.5 0.125 0.01", "claude-sonnet-5-5": "2 10 2.5 0.1",
              "claude-opus-5-5": "4 20 5 0.2", "claude-fable-5-1": "10 50 12.5 0.25"}  # fmt: skip
    per = [Decimal(one) / 10**6 for one in prices[model].split()]
    dollars = used.input * per[0] + used.output * per[1] + used.written * per[2] + used.read * per[3]
    assert Decimal(PRICES[model].of(used)) / 10**9 == dollars


@given(TOKENS, st.sampled_from(sorted(PRICES)))
def test_no_use_costs_more_than_the_most_it_could(used: Used, model: str) -> None:
    prompt = used.input + used.read + used.written
    assert PRICES[model].of(used) <= PRICES[model].at_most(prompt, used.output)


def test_a_model_nobody_knows_is_taken_for_the_dearest_unless_its_price_is_set() -> None:
    own = read_prices("claude-next 0.2 1 0.25 0.02; claude-haiku-5-5 1 1 1 1")
    assert [price_of(name, own) for name in ("claude-next", "claude-other", "claude-haiku-5-5")] == [
        Price(200, 1000, 250, 20),
        DEAREST,
        Price(1000, 1000, 1000, 1000),
    ]
    assert [is_known(name, own) for name in ("claude-next", "claude-other", "claude-opus-5-5")] == [True, False, True]


@pytest.mark.parametrize("text", ["x 1 2 3", "x 1 2 3 four", "x 0.0001 1 1 1", "x -1 1 1 1", "x"])
def test_prices_that_cannot_be_read_are_a_setting_to_change(text: str) -> None:
    with pytest.raises(ConfigError, match="EPOCHBOT_CLAUDE_PRICES"):
        read_prices(text)


def test_dollars_as_people_set_them_are_exact() -> None:
    assert [nano(0.1), nano(0.3), nano(20)] == [10**8, 3 * 10**8, 2 * 10**10]


def test_settings_become_options_and_without_a_key_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert claude_options(load_settings(_env_file=None)) is None
    settings = load_settings(
        _env_file=None, anthropic_api_key="sk-ant-x", claude_model="claude-next", claude_effort="", claude_month_usd=1.5,
        claude_timeout_s=4.0, claude_prices="claude-next 1 2 3 4",
    )  # fmt: skip
    options = claude_options(settings)
    assert options is not None
    assert (options.model, options.limits, options.whole_s, dict(options.prices)) == (
        Model("claude-next", "", "disabled"),
        Limits(3 * 10**8, 2 * 10**9, 1_500_000_000),
        4.5,
        {"claude-next": Price(1000, 2000, 3000, 4000)},
    )
    assert "sk-ant" not in repr(options)
