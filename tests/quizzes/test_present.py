from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from quizzes.generators import Drawn
from quizzes.items import Choice, Item, Kind, Match, Numeric, Option, Order
from quizzes.orders import acceptable, in_common, nearest
from quizzes.present import filled, numbers_of, present, seed_for

SEEDS = range(60)


def test_the_same_seed_shows_the_same(track):
    for item in track.items:
        assert present(item, 3) == present(item, 3)


def test_every_option_and_step_is_shown_once_with_a_letter(item):
    choice = item("split-single-01")
    for seed in SEEDS:
        shown = present(choice, seed).options
        assert [line.label for line in shown] == ["A", "B", "C"]
        assert {line.text for line in shown} == {*choice.body.answers, *(o.text for o in choice.body.options)}


def test_the_answer_takes_every_place(item):
    choice = item("split-single-01")
    places = [
        [line.text for line in present(choice, seed).options].index(choice.body.answers[0]) for seed in range(300)
    ]
    assert all(70 < places.count(place) < 130 for place in range(3))


def test_number_options_rise(item):
    options = tuple(Option(text, "off", "Not that many, count again.") for text in ("96", "9", "1,024"))
    body = Choice(("54",), options)
    made = Item(**{**_fields(item("split-single-01")), "body": body})
    assert {tuple(line.text for line in present(made, seed).options) for seed in SEEDS} == {("9", "54", "96", "1,024")}


def _fields(item: Item) -> dict[str, object]:
    return {name: getattr(item, name) for name in item.__slots__}


def test_steps_are_never_shown_in_a_right_order(item):
    order = item("split-order-01")
    for seed in SEEDS:
        steps = tuple(line.text for line in present(order, seed).steps)
        assert sorted(steps) == sorted([*order.body.steps, *order.body.distractors])
        assert tuple(step for step in steps if step not in order.body.distractors) not in acceptable(order.body)


def test_pairs_are_never_shown_side_by_side_throughout(item):
    match = item("shape-match-01")
    for seed in SEEDS:
        posed = present(match, seed)
        beside = [(left.text, right.text) for left, right in zip(posed.lefts, posed.rights, strict=False)]
        assert set(beside) != set(match.body.pairs)
        assert [line.label for line in posed.lefts] == ["1", "2", "3", "4"]
        assert [line.label for line in posed.rights] == ["A", "B", "C", "D", "E"]


def test_things_that_cannot_be_shuffled_do_not_hang(item):
    fields = _fields(item("split-order-01"))
    same = Item(**{**fields, "body": Order(("a", "a"))})
    single = Item(**{**fields, "kind": Kind.MATCH, "body": Match((("a", "b"),))})
    assert [line.text for line in present(same, 1).steps] == ["a", "a"]
    assert [line.text for line in present(single, 1).rights] == ["b"]


def test_numbers_are_filled_into_the_prompt(item):
    numeric = item("precision-numeric-01")
    for seed in SEEDS:
        drawn, prompt = numbers_of(numeric, seed), present(numeric, seed).prompt
        assert prompt.startswith(
            f"A filter flags {drawn.params['flagged']} mails, {drawn.params['tp']} of them rightly"
        )
        assert "{" not in prompt


def test_only_known_names_in_braces_are_filled():
    drawn = Drawn({"n": 12000, "x": 0.1 + 0.2, "ps": "1, 2"}, 7)
    assert filled("{n} {x} [{ps}] {other} {answer} {0}", drawn) == "12,000 0.3 [1, 2] {other} {answer} {0}"
    assert filled("{n} {answer}", drawn, prose=False, answer=True) == "12000 7"
    assert filled("{n}", None) == "{n}"


def test_what_is_posed_does_not_hold_the_answer(item):
    assert "0x" not in repr(present(item("precision-fixed-01"), 1))
    posed = present(item("loop-output-01"), 1)
    assert item("loop-output-01").body.answer not in repr(posed)
    assert "1250" not in repr(present(item("precision-fixed-01"), 1))


def test_each_kind_says_how_to_answer_with_an_example(track):
    expects = {item.id: present(item, 1).expects for item in track.items}
    assert expects == {
        "split-single-01": "Answer with a letter, such as B.",
        "split-multi-01": "Answer with every letter that fits, such as A C.",
        "split-order-01": "Answer with 4 letters in order, such as A B C D; one step does not belong.",
        "precision-numeric-01": "Answer with a number, such as 0.25, 1/4 or 25%.",
        "precision-fixed-01": "Answer with a number of tokens, such as 1,200.",
        "precision-short-01": "Answer with a sentence or two, at most 60 words.",
        "loop-output-01": "Answer with exactly what it prints, such as [1, 2].",
        "loop-fill-01": "Answer with 2 pieces of code, one per line or separated by “;”, such as len(x); 0.",
        "loop-bug-01": "Answer with the line, then the letter of the reason, such as 3 B.",
        "shape-match-01": "Answer with pairs of number and letter, such as 1A 2B 3C 4D.",
    }


def test_percent_and_plain_orders_have_their_own_hints(item):
    fields = _fields(item("split-order-01"))
    percent = Item(**{**fields, "kind": Kind.NUMERIC, "body": Numeric(answer=25, unit="%")})
    plain = Item(**{**fields, "body": Order(("a", "b", "c", "d"))})
    assert present(percent, 1).expects == "Answer with a number in percent, such as 25."
    assert present(plain, 1).expects == "Answer with the letters in order, such as A B C D."


def test_a_seed_is_the_same_in_another_process():
    code = "from quizzes.present import seed_for; print(seed_for('discord:7', 'split-01', '2026-01-31'))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "1"}
    )
    assert int(other.stdout) == seed_for("discord:7", "split-01", "2026-01-31") == 5819903321496676102


@given(st.text(), st.text(), st.text())
def test_seeds_fit_an_integer_column(learner, item_id, day):
    assert 0 <= seed_for(learner, item_id, day) < 2**63


def test_seeds_differ_by_learner_item_and_day():
    seeds = {
        seed_for(*parts)
        for parts in (("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x"), ("ab", "", "c"))
    }
    assert len(seeds) == 5


def test_free_neighbours_give_every_order_they_allow():
    body = Order(("a", "b", "c", "d"), either=((0, 1), (2, 3)))
    assert acceptable(body) == {tuple("abcd"), tuple("bacd"), tuple("abdc"), tuple("badc")}
    chained = Order(("a", "b", "c"), either=((0, 1), (1, 2)))
    assert acceptable(chained) == {tuple("abc"), tuple("bac"), tuple("acb")}


def test_the_nearest_right_order_is_compared_with():
    body = Order(("a", "b", "c", "d"), either=((0, 1),))
    assert nearest(tuple("badc"), body) == tuple("bacd")


@given(st.lists(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef")))
def test_common_steps_are_symmetric_and_bounded(first, second):
    common = in_common(first, second)
    assert common == in_common(second, first) <= min(len(first), len(second))
    assert in_common(first, first) == len(first)
