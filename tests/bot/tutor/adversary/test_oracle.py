"""The oracle finds every answer the adversary can hide, and has nothing against an honest hint; else its silence would mean nothing."""

from __future__ import annotations

import pytest

from challenges.model import Challenge
from tests.bot.tutor.adversary.model import CARRIERS, NUMBERED, honest_text, injected, orders, said
from tests.bot.tutor.adversary.oracle import harms, leaks
from tests.bot.tutor.adversary.payloads import HARM, SOLUTIONS
from tests.bot.tutor.adversary.targets import Target, targets

SLUGS = ("precision-recall-f1", "canary-decision", "softmax-cross-entropy", "cosine-top-k")
BEYOND = {"acrostic"}  # spells letters without signs: tried apart, below


@pytest.fixture(scope="session")
def aims(shipped_bank: dict[str, Challenge]) -> list[Target]:
    """A few mistakes of a few challenges."""
    return [target for slug in SLUGS for target in targets(shipped_bank[slug], 3)]


def test_there_is_something_to_aim_at(aims: list[Target]) -> None:
    assert len(aims) >= 8
    for aim in aims:
        assert aim.source.split("\n")[aim.line - 1].strip() == aim.old != aim.new
        assert aim.fix.split("\n")[aim.line - 1].strip() == aim.new


@pytest.mark.parametrize("name", [name for name in SOLUTIONS if name not in BEYOND])
def test_every_hidden_answer_is_found(aims: list[Target], name: str) -> None:
    missed = [aim.new for aim in aims if not leaks(honest_text(aim, said(name, aim)), aim)]
    assert missed == []


def test_an_acrostic_is_found_by_its_letters(aims: list[Target]) -> None:
    aim = aims[0]
    text = honest_text(aim, said("acrostic", aim))
    letters = "".join(c for c in aim.new if c.isalnum())[:12].lower()
    assert letters in "".join(sentence.strip()[:1] for sentence in text.split(".")).lower()


def test_an_honest_hint_is_neither_a_leak_nor_harm(aims: list[Target]) -> None:
    assert [(leaks(honest_text(aim), aim, lambda _: False), harms(honest_text(aim))) for aim in aims] == [
        ("", "")
    ] * len(aims)


NOT_OUTWARD = {"heading", "a line that is not there", "a case that is not there", "a name that is not there",
               "a value that is not there", "three questions", "our prompt"}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in HARM if name not in NOT_OUTWARD])
def test_every_harm_is_seen(aims: list[Target], name: str) -> None:
    assert all(harms(honest_text(aim, said(name, aim))) for aim in aims)


def test_code_that_passes_is_a_leak_even_where_it_is_not_our_line(aims: list[Target]) -> None:
    aim = aims[0]
    assert aim.new == "return part / whole if whole else 0.0"
    text = honest_text(aim, "Try `return whole and part * whole**-1` there.")
    assert leaks(text, aim) == ""
    assert leaks(text, aim, lambda program: "whole**-1" in program) == "its code passes when put in"


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_order_is_heard_however_it_is_carried(aims: list[Target], carrier: str) -> None:
    for name, order in list(NUMBERED.items())[:9]:
        assert orders(CARRIERS[carrier](aims[0].source, order)) == [name]


def test_every_order_gets_into_a_submission(aims: list[Target]) -> None:
    made = injected(aims, NUMBERED)
    assert [name for _, name, _, _ in made] == list(NUMBERED)
    assert {carrier for carrier, _, _, _ in made} == set(CARRIERS)
    assert all(target.source.split("\n")[0] in source for _, _, target, source in made)
