from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.grade import Graded, Unreadable, answer_key, grade
from quizzes.graders.numeric import expected
from quizzes.items import Bug, Choice, Fill, Item, Kind, Match, Numeric, Order, Output
from quizzes.load import load_track
from quizzes.present import Posed, numbers_of, present

SAMPLE = load_track(Path(__file__).parent / "sample_track")[0]
ITEMS = {item.id: item for item in SAMPLE.items}
BY_ID = pytest.mark.parametrize("item_id", ITEMS)


def answered(item_id: str, text: str, seed: int = 1) -> Graded:
    graded = grade(ITEMS[item_id], present(ITEMS[item_id], seed), text)
    assert isinstance(graded, Graded), graded
    return graded


def refused(item_id: str, text: str, seed: int = 1) -> str:
    result = grade(ITEMS[item_id], present(ITEMS[item_id], seed), text)
    assert isinstance(result, Unreadable), result
    return result.message


def letter(posed: Posed, text: str) -> str:
    return next(line.label for line in (*posed.options, *posed.steps, *posed.rights) if line.text == text)


def label(item_id: str, text: str, seed: int = 1) -> str:
    return letter(present(ITEMS[item_id], seed), text)


# every kind


@BY_ID
@settings(max_examples=30)  # times every kind
@given(seed=st.integers(0, 2**63 - 1))
def test_the_right_answer_is_always_correct(item_id, seed):
    item = ITEMS[item_id]
    posed = present(item, seed)
    graded = grade(item, posed, answer_key(item, posed))
    assert isinstance(graded, Graded)
    assert (graded.correct, graded.score, graded.misconceptions) == (True, 1.0, ())
    assert graded.formative or graded.feedback == ""


@BY_ID
@settings(max_examples=30)  # times every kind
@given(text=st.text(max_size=120))
def test_no_text_raises(item_id, text):
    result = grade(ITEMS[item_id], present(ITEMS[item_id], 1), text)
    if isinstance(result, Unreadable):
        assert len(result.message) > 15
    else:
        assert 0 <= result.score <= 1
        assert len(result.chosen) <= 600


@BY_ID
@settings(max_examples=30)  # times every kind
@given(text=st.text(alphabet="ABCDEabcde12345 ,;:-\n()[]{}'\"`_*", max_size=40))
def test_no_jumble_of_likely_characters_raises(item_id, text):
    result = grade(ITEMS[item_id], present(ITEMS[item_id], 1), text)
    assert isinstance(result, (Graded, Unreadable))


@BY_ID
@pytest.mark.parametrize("text", ["", "  \n ", "\u200f\u202e", "x" * 100_000, "\x00\x00"])
def test_nothing_and_far_too_much_are_unreadable_with_the_way_to_answer(item_id, text):
    message = refused(item_id, text)
    assert present(ITEMS[item_id], 1).expects in message


@pytest.mark.parametrize(
    "item_id",
    [
        i
        for i, item in ITEMS.items()
        if item.kind in (Kind.SINGLE, Kind.MULTI, Kind.NUMERIC, Kind.ORDER, Kind.MATCH, Kind.BUG)
    ],
)
@pytest.mark.parametrize("text", ["🙂🙂", "שלום עולם", "مرحبا", "no idea!"])
def test_emoji_and_other_scripts_are_unreadable_where_letters_or_numbers_are_asked(item_id, text):
    assert "Type" in refused(item_id, text)


@BY_ID
def test_explanations_come_with_their_numbers(item_id):
    posed = present(ITEMS[item_id], 1)
    graded = answered(item_id, answer_key(ITEMS[item_id], posed))
    assert graded.explanation
    assert "{" not in graded.explanation


# single and multi


@pytest.mark.parametrize(
    "form", ["{}", "{})", "({})", "option {}", "Option {}.", "answer: {}", "`{}`", " {} ", "ａ{}"[1:], "[{}]"]
)
def test_a_letter_is_read_however_it_is_written(form):
    wanted = label("split-single-01", "The mean of test rows")
    for text in (form.format(wanted), form.format(wanted.lower())):
        assert answered("split-single-01", text).correct


@pytest.mark.parametrize("text", ["the mean of test rows", "The  mean of test rows.", "THE MEAN OF TEST ROWS"])
def test_the_options_own_text_is_an_answer(text):
    assert answered("split-single-01", text).correct


def test_a_letter_with_its_text_is_an_answer():
    wanted = label("split-single-01", "The mean of test rows")
    assert answered("split-single-01", f"{wanted}) the mean of test rows").correct


def test_a_place_is_an_answer_where_options_are_no_numbers():
    place = "ABC".index(label("split-single-01", "The mean of test rows")) + 1
    assert answered("split-single-01", str(place)).correct


def test_a_wrong_option_gets_its_own_feedback():
    wrong = label("split-single-01", "The labels of test rows")
    right = label("split-single-01", "The mean of test rows")
    assert answered("split-single-01", wrong) == Graded(
        correct=False,
        score=0.0,
        chosen=f"{wrong}: The labels of test rows",
        right=f"{right}: The mean of test rows",
        feedback="A scaler sees no labels; it does see the features of test rows.",
        misconceptions=("target-leak",),
        explanation="A fitted scaler carries the mean and spread of every row it saw, and test rows were among them.",
    )


def test_two_letters_for_one_answer_are_unreadable():
    assert (
        refused("split-single-01", "A C")
        == "This question has one answer, and you named 2. Type one letter, such as B."
    )


def test_a_letter_that_is_not_shown_is_unreadable():
    assert refused("split-single-01", "D") == "“D” is not one of A to C. Type a letter, such as B."


@pytest.mark.parametrize(
    "form", ["{} {}", "{},{}", "{}{}", "{} and {}", "{} & {}", "({}) ({})", "options {}, {}", "{}\n{}"]
)
def test_several_letters_are_read_in_any_order_and_form(form):
    one, two = label("split-multi-01", "A scaler"), label("split-multi-01", "A vocabulary")
    assert answered("split-multi-01", form.format(one, two)).correct
    assert answered("split-multi-01", form.format(two.lower(), one)).correct


def test_several_texts_are_an_answer():
    assert answered("split-multi-01", "a vocabulary; a scaler").correct


@pytest.mark.parametrize(
    ("texts", "score"),
    [
        (["A scaler"], 0.5),
        (["A scaler", "A logarithm"], 0.0),
        (["A scaler", "A vocabulary", "A logarithm"], 0.5),
        (["A logarithm"], 0.0),
        (["A scaler", "A vocabulary", "A logarithm", "A unit conversion"], 0.0),
    ],
)
def test_several_answers_earn_hits_less_false_ones(texts, score):
    graded = answered("split-multi-01", " ".join(label("split-multi-01", text) for text in texts))
    assert (graded.correct, graded.score) == (False, score)


def test_feedback_to_several_letters_names_each_and_what_was_left_out():
    graded = answered("split-multi-01", " ".join(label("split-multi-01", t) for t in ("A scaler", "A logarithm")))
    missed = label("split-multi-01", "A vocabulary")
    assert graded.feedback == (
        f"A logarithm has nothing to estimate, so it may be applied anywhere.\nYou left out {missed}: A vocabulary."
    )
    assert graded.misconceptions == ("formula=fitted",)


# order and match


def order_letters(*steps: str, seed: int = 1) -> str:
    return " ".join(label("split-order-01", step, seed) for step in steps)


STEPS = ("Split the rows", "Fit the scaler", "Fit the model", "Score the test part")


@pytest.mark.parametrize(
    "form",
    [str, str.lower, lambda s: s.replace(" ", ""), lambda s: s.replace(" ", ","), lambda s: s.replace(" ", " > ")],
)
def test_orders_are_read_however_they_are_written(form):
    assert answered("split-order-01", form(order_letters(*STEPS))).correct


def test_places_are_an_order_too():
    places = "".join(str("ABCDE".index(letter) + 1) for letter in order_letters(*STEPS).split())
    assert answered("split-order-01", places).correct


def test_free_neighbours_may_swap():
    assert answered("split-order-01", order_letters(STEPS[0], STEPS[2], STEPS[1], STEPS[3])).correct


def test_a_wrong_order_earns_what_stands_rightly_and_names_the_first_slip():
    given = order_letters(STEPS[3], *STEPS[:3])
    graded = answered("split-order-01", given)
    assert (graded.correct, graded.score) == (False, 0.75)
    assert graded.feedback == "First comes “Split the rows”, not “Score the test part”."
    assert graded.chosen == f"{given}: Score the test part → Split the rows → Fit the scaler → Fit the model"
    assert graded.right == f"{order_letters(*STEPS)}: {' → '.join(STEPS)}"


def test_a_step_that_does_not_belong_gets_its_feedback():
    graded = answered("split-order-01", order_letters("Fit the scaler on everything", *STEPS))
    assert (graded.correct, graded.score, graded.misconceptions) == (False, 0.8, ("fit-before-split",))
    assert graded.feedback == "Everything includes the test rows, which must stay unseen."


def test_incomplete_and_doubled_orders_are_unreadable():
    assert "you named 3; not named yet" in refused("split-order-01", order_letters(*STEPS[:3]))
    assert "more than once" in refused("split-order-01", "A A B C")


def match_letters(**changed: str) -> str:
    posed = present(ITEMS["shape-match-01"], 1)
    partner = dict(ITEMS["shape-match-01"].body.pairs) | {"a colour image": changed.get("image", "three")}
    return " ".join(f"{left.label}{letter(posed, partner[left.text])}" for left in posed.lefts)


@pytest.mark.parametrize(
    "form",
    [
        str,
        str.lower,
        lambda s: s.replace(" ", ""),
        lambda s: s.replace(" ", ", "),
        lambda s: " ".join(f"{p[0]}-{p[1]}" for p in s.split()),
        lambda s: "\n".join(f"{p[0]}: {p[1]}" for p in s.split()),
        lambda s: " ".join(p[1] for p in s.split()),
        lambda s: " ".join(reversed(s.split())),
    ],
)
def test_pairs_are_read_however_they_are_written(form):
    assert answered("shape-match-01", form(match_letters())).correct


def test_each_pair_counts_and_a_wrong_one_gets_its_feedback():
    graded = answered("shape-match-01", match_letters(image="four"))
    assert (graded.correct, graded.score, graded.misconceptions) == (False, 0.75, ("batch=image",))
    assert graded.feedback == "Four axes would be a batch of images; one image has three."
    assert graded.right == match_letters()


def test_a_wrong_pair_without_feedback_is_told_its_partner():
    posed = present(ITEMS["shape-match-01"], 1)
    pairs = dict(pair for pair in match_letters().split())
    swapped = {pairs_letter: pairs_letter for pairs_letter in pairs}
    one, two = list(swapped)[:2]
    made = pairs | {one: pairs[two], two: pairs[one]}
    graded = answered("shape-match-01", " ".join(n + c for n, c in made.items()))
    partner = dict(ITEMS["shape-match-01"].body.pairs)
    lefts = [line.text for line in posed.lefts if line.label in (one, two)]
    assert graded.score == 0.5
    assert [f"“{left}” goes with “{partner[left]}”." in graded.feedback for left in lefts] == [True, True]


def test_an_endless_row_of_pairs_is_unreadable():
    assert "longer than an answer can be" in refused("shape-match-01", "1A " * 100)


@pytest.mark.parametrize("text", ["1A", "1A 2A 3B 4C", "1A 1B 2C 3D", "1A 2B 3C 9D", "1A 2B 3C 4Z", "A B C"])
def test_incomplete_doubled_and_strange_pairs_are_unreadable(text):
    assert "such as 1A 2B 3C 4D" in refused("shape-match-01", text)


# bug


@pytest.mark.parametrize(
    "form",
    [
        "4 {}",
        "4{}",
        "line 4, {}",
        "Line 4: {}",
        "L4 {}",
        "{} 4",
        "{}, line 4",
        "4. {}",
        "4 ({})",
        "line 4 option {}",
        "line 4, reason {}",
        "reason {}, line 4",
    ],
)
def test_a_line_and_a_reason_are_read_however_they_are_written(form):
    text = form.format(label("loop-bug-01", "It forgets the sum so far"))
    assert answered("loop-bug-01", text).correct
    assert answered("loop-bug-01", text.lower()).correct


def test_the_line_alone_is_worth_half():
    wrong = label("loop-bug-01", "It starts from the wrong value")
    graded = answered("loop-bug-01", f"4 {wrong}")
    assert (graded.correct, graded.score, graded.feedback) == (False, 0.5, "Zero is the right start of a sum.")
    assert graded.misconceptions == ("zero-start",)
    assert graded.chosen == f"line 4, {wrong}: It starts from the wrong value"


def test_the_reason_in_another_line_is_worth_nothing_but_a_hint():
    graded = answered("loop-bug-01", f"2 {label('loop-bug-01', 'It forgets the sum so far')}")
    assert (graded.correct, graded.score) == (False, 0.0)
    assert graded.feedback == "The reason is right, but the slip is in line 4, not 2."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("4", "then the letter"),
        ("B", "then the letter"),
        ("9 A", "lines 1 to 5"),
        ("4 AB", "one reason"),
        ("4 Z", "“Z” is not one of"),
        ("4 xyz", "“xyz” is not one of"),
    ],
)
def test_half_an_answer_is_unreadable(text, says):
    assert says in refused("loop-bug-01", text)


# short


def test_short_answers_are_never_wrong_and_say_what_was_covered():
    graded = answered("precision-short-01", "The majority class wins every time.")
    assert (graded.correct, graded.score, graded.formative) == (True, 0.5, True)
    assert (
        graded.feedback
        == "Covered: A constant guess scores high.\nNot found in your words: The rare class is not found."
    )
    assert graded.right.startswith("Guessing the majority class")


def test_a_short_answer_off_the_point_is_still_not_wrong():
    graded = answered("precision-short-01", "I really cannot say.")
    assert (graded.correct, graded.score) == (True, 0.0)


def test_keywords_count_at_the_start_of_a_word():
    assert answered("precision-short-01", "it misses everything rare").score == 0.5
    assert answered("precision-short-01", "it dismisses everything rare").score == 0.0


def test_an_essay_and_a_single_word_are_unreadable():
    assert "at most 60" in refused("precision-short-01", "word " * 150)
    assert "in your own words" in refused("precision-short-01", "majority")


# every wrong answer of every kind, also of the shipped content


def wrong_answers(item: Item, posed: Posed) -> list[tuple[str, str]]:
    """Type each wrong answer that has feedback, with the feedback it must get."""
    drawn = numbers_of(item, posed.seed)
    match item.body:
        case Choice(answers=answers, options=options) if item.kind is Kind.SINGLE:
            return [(letter(posed, option.text), option.feedback) for option in options]
        case Choice(answers=answers, options=options):
            right = [letter(posed, text) for text in answers]
            return [(" ".join([*right, letter(posed, option.text)]), option.feedback) for option in options]
        case Bug(line=line, options=options):
            return [(f"{line} {letter(posed, option.text)}", option.feedback) for option in options]
        case Numeric() as body:
            return [(repr(value), "") for _, value in expected(body, drawn).wrong]
        case Output(wrong=wrong):
            return [(str(path.answer), path.feedback) for path in wrong]
        case Fill(blanks=blanks, wrong=wrong):
            firsts = [blank[0] for blank in blanks]
            return [("\n".join([*firsts[: p.blank - 1], str(p.answer), *firsts[p.blank :]]), p.feedback) for p in wrong]
        case Order(steps=steps, wrong=wrong):
            return [(" ".join(letter(posed, text) for text in (*steps, path.step)), path.feedback) for path in wrong]
        case Match(pairs=pairs, wrong=wrong):
            return [(_with_pair(posed, dict(pairs), path.left, path.right), path.feedback) for path in wrong]
        case _:
            return []


def _with_pair(posed: Posed, partner: dict[str, str], left: str, right: str) -> str:
    made = {**{k: partner[left] if v == right else v for k, v in partner.items()}, left: right}
    return " ".join(f"{line.label}{letter(posed, made[line.text])}" for line in posed.lefts)


TRACKS = Path(__file__).parents[2] / "data" / "tracks"
SHIPPED = {
    item.id: item for folder in sorted(TRACKS.iterdir()) if folder.is_dir() for item in load_track(folder)[0].items
}


@pytest.mark.parametrize("item", [*ITEMS.values(), *SHIPPED.values()], ids=lambda item: item.id)
def test_right_is_right_and_each_wrong_answer_gets_its_own_feedback(item):
    for seed in (1, 2, 3):
        posed = present(item, seed)
        right = grade(item, posed, answer_key(item, posed))
        assert isinstance(right, Graded)
        assert right.correct
        for text, feedback in wrong_answers(item, posed):
            graded = grade(item, posed, text)
            assert isinstance(graded, Graded), (text, graded)
            assert (graded.correct, feedback in graded.feedback, len(graded.misconceptions)) == (False, True, 1), text


def test_there_is_content_to_test():
    assert len(SHIPPED) >= 90
    assert {item.kind for item in SHIPPED.values()} == set(Kind)
