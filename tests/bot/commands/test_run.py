"""Running code that nobody judges, and explaining an error that was sent along."""

from __future__ import annotations

import pytest

from bot.cards import ExplanationCard, NoticeCard, RunCard
from bot.running import profile_of
from bot.tutor.exceptions import read_fault
from runner import Profile

TRACEBACK = """Traceback (most recent call last):
  File "study.py", line 9, in <module>
    main()
  File "study.py", line 4, in main
    return total / count
ZeroDivisionError: division by zero"""


async def test_a_program_runs_and_shows_what_it_printed(start, boxed) -> None:
    chat = start(run=boxed)
    (card,) = (await chat.reply("/run\n" + "for n in range(3):\n    print(n)")).cards
    assert isinstance(card, RunCard)
    assert (card.headline, card.ok, card.printed) == ("It ran to its end", True, "0\n1\n2")
    assert "Nothing is graded" in card.footer


async def test_one_line_may_stand_behind_the_command(start, boxed) -> None:
    (card,) = (await start(run=boxed).reply("/run print(6 * 7)")).cards
    assert card.printed == "42"


async def test_a_program_that_stops_is_explained_with_its_line(start, boxed) -> None:
    run, why = (await start(run=boxed).reply("/run\n" + "numbers = [1, 2]\nprint(numbers[2])")).cards
    assert (run.headline, run.ok) == ("It stopped with an error", False)
    assert "IndexError" in run.printed
    assert isinstance(why, ExplanationCard)
    assert (why.line, why.code_line, why.specific) == (2, "print(numbers[2])", True)


async def test_a_run_leaves_no_trace_and_earns_nothing(start, boxed) -> None:
    chat = start(run=boxed)
    await chat.reply("/run print(1)")
    assert await chat.store.attempts(await chat.user_id()) == []


async def test_without_code_one_is_told_how_to_send_some(chat) -> None:
    (card,) = (await chat.reply("/run")).cards
    assert isinstance(card, NoticeCard)
    assert "attach it" in card.text


async def test_a_traceback_that_is_sent_is_explained_without_running_anything(chat) -> None:
    (card,) = (await chat.reply("/explain\n" + TRACEBACK)).cards
    assert isinstance(card, ExplanationCard)
    assert (card.line, card.code_line) == (4, "return total / count")
    assert "ZeroDivisionError" in card.text


async def test_code_that_is_sent_to_be_explained_is_run(start, boxed) -> None:
    run, why = (await start(run=boxed).reply("/explain\n" + "```python\nprint(unknown)\n```")).cards
    assert (run.ok, why.line, why.code_line) == (False, 1, "print(unknown)")


@pytest.mark.parametrize("text", ["", "all went well", "x = 1\nraise ValueError('no')", "ValueError: \n1"])
def test_what_is_no_traceback_is_not_read_as_one(text: str) -> None:
    assert read_fault(text) is None


@pytest.mark.parametrize(
    ("source", "profile"),
    [
        ("print(1)", Profile.STDLIB),
        ("import numpy as np", Profile.NUMPY),
        ("from sklearn.svm import SVC\nimport numpy", Profile.SKLEARN),
        ("def f():\n    import torch.nn as nn", Profile.TORCH),
        ("import numpy\nimport numpyro", Profile.NUMPY),
        ("import torch as", Profile.STDLIB),
        ("(" * 9999, Profile.STDLIB),
    ],
)
def test_a_program_gets_the_libraries_it_imports(source: str, profile: Profile) -> None:
    assert profile_of(source) is profile
