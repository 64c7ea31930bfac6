"""A learner's path, the next challenge on it, and which challenge a name means."""

from __future__ import annotations

import pytest

from bot.topics import find_challenge, next_challenge, ordered, path_sections, section_title
from challenges.model import Challenge
from quizzes.items import Track


@pytest.mark.parametrize(
    ("path", "sections"),
    [
        ("", ("splitting", "measuring")),
        ("counter", ("measuring", "splitting")),
        ("unknown", ("splitting", "measuring")),
    ],
)
def test_a_path_puts_its_sections_first(track: Track, path: str, sections: tuple[str, ...]) -> None:
    assert path_sections(track, path) == sections


def test_a_section_that_is_gone_is_called_by_its_slug(track: Track) -> None:
    assert [section_title(track, slug) for slug in ("measuring", "gone")] == ["Measuring", "gone"]


def test_challenges_go_from_easy_to_hard_and_along_the_path(bank: dict[str, Challenge], track: Track) -> None:
    assert [c.slug for c in ordered(bank, path_sections(track, "counter"))] == ["add-up", "sort-them"]
    assert [c.slug for c in ordered(bank, ())] == ["add-up", "sort-them"]


@pytest.mark.parametrize(
    ("passed", "then"), [(set(), "add-up"), ({"add-up"}, "sort-them"), ({"add-up", "sort-them"}, None)]
)
def test_the_next_challenge_is_the_first_not_passed(bank: dict[str, Challenge], passed: set[str], then: str) -> None:
    found = next_challenge(bank, (), passed)
    assert (found.slug if found else None) == then


@pytest.mark.parametrize("name", ["add-up", "Add up", "ADD UP", "add", "  add   up "])
def test_a_challenge_is_found_by_slug_title_or_part(bank: dict[str, Challenge], name: str) -> None:
    assert find_challenge(bank, name) is bank["add-up"]


@pytest.mark.parametrize(("name", "near"), [("ad-upp", ["add-up"]), ("zzzzzz", []), ("t", ["sort-them"]), ("-", None)])
def test_otherwise_the_nearest_are_named(bank: dict[str, Challenge], name: str, near: list[str] | None) -> None:
    found = find_challenge(bank, name)
    slugs = [found.slug] if isinstance(found, Challenge) else found
    assert slugs == (["add-up", "sort-them"] if near is None else near)


def test_every_shipped_challenge_is_found_by_its_own_names(shipped_bank: dict[str, Challenge]) -> None:
    for challenge in shipped_bank.values():
        assert find_challenge(shipped_bank, challenge.slug) is challenge
        assert find_challenge(shipped_bank, challenge.title) is challenge
