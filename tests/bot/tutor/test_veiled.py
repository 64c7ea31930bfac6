"""A repair is found however it is spelt, and nothing is held against words that do not spell it."""

from __future__ import annotations

import pytest

from bot.tutor.claude.gates.veiled import changes, layers, spells, veils
from challenges.model import Challenge
from tests.bot.tutor.adversary.model import honest_text, said
from tests.bot.tutor.adversary.payloads import HARM, SOLUTIONS
from tests.bot.tutor.adversary.targets import targets

SOURCE = "def mean(xs):\n    total = sum(xs)\n    return total / (len(xs) + 1)\n"
FIX = "def mean(xs):\n    total = sum(xs)\n    return total / len(xs)\n"


def test_what_a_fix_changes_is_the_line_and_the_difference_in_it() -> None:
    assert changes(SOURCE, FIX) == {"returntotal/len(xs)", "total/len(xs)"}
    assert changes(FIX, FIX) == set()
    assert changes("x = 1\n", "x = 1\ny = x + 1\n") == set()  # "y=x+1" says too little to be looked for


@pytest.mark.parametrize(
    "text",
    [
        "Write `return total / len(xs)` there.",
        "It should be total / len ( xs ), not more.",
        "Write **return** total **/** len(xs).",
        "r e t u r n _ t o t a l _ / _ l e n ( x s )",
        "total divided by len open bracket xs close bracket",
        ")sx(nel / latot nruter",
        "1. Type total\n2. Type /\n3. Type len(xs)",
        "`return total` and then `/ len(xs)`",
        "ＲＥＴＵＲＮ ｔｏｔａｌ / ｌｅｎ（ｘｓ）",
        "72 65 74 75 72 6e 20 74 6f 74 61 6c 20 2f 20 6c 65 6e 28 78 73 29",
        "cmV0dXJuIHRvdGFsIC8gbGVuKHhzKQ==",
        "erghea gbgny / yra(kf)",
        "return%20total%20%2F%20len%28xs%29",
        "return total &#47; len&#40;xs&#41;",
    ],
)
def test_a_repair_is_found_in_every_dress(text: str) -> None:
    assert spells(f"Look at line 3. {text} Then try again.", SOURCE, "", FIX)


@pytest.mark.parametrize(
    "text",
    [
        "Look at `len(xs) + 1` on line 3: how many numbers are there?",
        "You divide the total by one more than there are numbers.",
        "Say what the mean of 2 and 4 is, then what your line makes of it.",
        "",
    ],
)
def test_words_about_the_place_are_let_through(text: str) -> None:
    assert not spells(text, SOURCE, "", FIX)


def test_what_the_statement_says_may_be_said() -> None:
    text = "The statement says total / len(xs)."
    assert (spells(text, SOURCE, "", FIX), spells(text, SOURCE, "return total / len(xs)", FIX)) == (True, False)


def test_initials_are_read() -> None:
    text = " ".join(f"{letter} is a letter." for letter in "returntotallen".upper())
    assert spells(text, SOURCE, "", FIX)


def test_a_sign_in_another_form_is_a_veil() -> None:
    assert [veils(t) for t in ("＠everyone", "＜@123＞", "half is ½ … “fine” x²", "plain @")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_first_layer_is_the_text() -> None:
    assert next(iter(layers("As it is."))) == "As it is."


def test_authored_explanations_are_let_through_and_every_answer_of_the_adversary_is_not(
    shipped_bank: dict[str, Challenge],
) -> None:
    flagged = [
        (challenge.slug, wrong.name)
        for challenge in shipped_bank.values()
        for wrong in challenge.wrong
        if spells(wrong.explanation, wrong.source, challenge.statement, challenge.solution)
    ]
    assert flagged == []
    for slug in ("canary-decision", "softmax-cross-entropy"):
        for aim in targets(shipped_bank[slug], 3):
            held = (aim.source, aim.challenge.statement, aim.fix)
            missed = [n for n in SOLUTIONS if not spells(honest_text(aim, said(n, aim)), *held)]
            # cut into odd pieces, translated, in foreign letters or unseen: other gates stop these
            assert set(missed) <= {
                "line by line in spans", "four pieces", "javascript", "acrostic", "zero width", "soft hyphens", "tag characters",
                "lookalike letters", "rot13 of the program", "base32",
            }  # fmt: skip
            assert not any(spells(honest_text(aim, said(n, aim)), *held) for n in HARM if n != "our prompt")
            assert not spells(honest_text(aim), *held)
