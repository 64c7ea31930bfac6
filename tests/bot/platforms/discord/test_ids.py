"""What a control carries comes back from it as it was, and fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.ids import ControlId, FormId, Verb, control_id, form_id, numbered, read_control, read_form


@given(st.sampled_from(Verb), st.text(max_size=120), st.integers(0, 999))
def test_an_id_fits_and_says_the_same_again_or_is_not_made(verb: Verb, rest: str, number: int) -> None:
    made = control_id(verb, rest.encode("utf-8", "ignore").decode())
    if made is not None:
        whole = numbered(made, number)
        assert (len(whole.encode()) <= 100, read_control(whole)) == (True, ControlId(verb, rest))


@given(st.text(alphabet="abcdefgh-", min_size=1, max_size=80))
def test_what_opens_a_form_leaves_room_for_the_form(slug: str) -> None:
    if control_id(Verb.CODE, slug):
        made = form_id(2**64 - 1, f"submit {slug}")
        assert (len(made.encode()) <= 100, read_form(made)) == (True, FormId(f"submit {slug}"))


@given(st.text(max_size=100))
def test_any_text_may_come_as_an_id(text: str) -> None:
    assert isinstance(read_control(text), ControlId | None)
    assert isinstance(read_form(text), FormId | None)


@pytest.mark.parametrize("odd", ["", "run|daily", "1|walk|daily", "x|run|daily", "1|run", "form|x|submit y", "form|1|"])
def test_an_id_that_is_none_of_ours_is_nothing(odd: str) -> None:
    assert (read_control(odd), read_form(odd)) == (None, None)
