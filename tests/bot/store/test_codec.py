"""How values go into columns and come back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.codec import from_ms, plain_name, public_id, to_ms


@given(st.integers(0, 4 * 10**12))
def test_instants_survive(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


def test_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        to_ms(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_instants_are_epoch_milliseconds() -> None:
    assert to_ms(datetime(2026, 1, 1, 0, 0, 0, 123_456, UTC)) == 1767225600123


@given(st.text(st.characters(), max_size=200))
def test_names_are_bounded_and_readable(text: str) -> None:
    name = plain_name(text)
    assert name.encode("utf-8").decode("utf-8") == name
    assert 0 < len(name) <= 80


@pytest.mark.parametrize(("name", "plain"), [("  Ada \n Lovelace ", "Ada Lovelace"), ("", "someone"), ("\ud800", "?")])
def test_names_are_one_line(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_question_ids_are_short_and_never_repeat() -> None:
    ids = [public_id(number) for number in range(1, 40_000)]
    assert len(set(ids)) == len(ids)
    assert ({len(one) for one in ids[:32_767]}, {len(one) for one in ids[32_767:]}) == ({4}, {5})
    assert not set("".join(ids)) & set("ilou")


def test_neighbouring_question_ids_look_unrelated() -> None:
    assert [public_id(number)[1] for number in range(1, 6)] != [public_id(1)[1]] * 5
