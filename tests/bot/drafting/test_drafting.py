"""Drafts: what passes every gate of content is kept for review, and everything else is rejected with its reason."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.drafting import material
from bot.drafting.folder import FolderError, Origin, check_folder, keep_item, keep_wrong
from bot.drafting.gates import DraftItem, DraftWrong, Rejected, check_item, check_wrong
from bot.drafting.orders import draft_items, draft_wrong
from bot.tutor import Drafted, DraftOrder, Tutor
from challenges.grade import NO_STOCK, Grader
from quizzes.items import Track
from quizzes.load import load_track
from runner import Run
from tests.bot.conftest import DATA, SAMPLE, in_this_process

ORIGIN = Origin("claude-of-the-day", datetime(2026, 11, 23, tzinfo=UTC))
ITEM = '''id = "held-out-drafted-01"
concept = "held-out"
kind = "output"
difficulty = 1
source = "Splitting rows: Held-out rows"
prompt = "Eight rows are split, and a quarter of them is held out. What does this print?"
code = """
rows = list(range(8))
print(len(rows) // 4)
"""
answer = "2"
explanation = "A quarter of eight rows is two; the other six are there to fit on, and nobody peeks at the two."
[[wrong]]
answer = "6"
misconception = "held-out-is-the-rest"
feedback = "Six rows stay for fitting. Held out are the others, a quarter of all eight."
'''
WRONG = '''name = "adds_one"
verdict = "wrong"
misconception = "off-by-one"
explanation = """You begin to add from one, so every sum comes out larger by one than it should, even the sum of nothing at
all. Ask what a sum has to be before any number was added, and begin from there."""
source = """
def add_up(numbers):
    total = 1
    for number in numbers:
        total += number
    return total
"""
'''


@pytest.fixture
async def grader() -> AsyncIterator[Grader]:
    """What judges drafts; code runs in this process."""
    bits = itertools.count(3)
    async with Grader(in_this_process, lambda: next(bits), capacity=NO_STOCK) as made:
        yield made


@pytest.fixture
def source(track: Track) -> str:
    """A source line that the linter accepts for the concept."""
    return next(item.source for item in track.items if item.concept == "held-out")


@pytest.fixture
def item_text(source: str) -> str:
    """A drafted item that is good."""
    return ITEM.replace("Splitting rows: Held-out rows", source)


async def reasons(text: str, track: Track, run: Run) -> tuple[str, ...]:
    """Why a drafted item is rejected; nothing when it passes."""
    found = await check_item(text, "held-out", track, run)
    return found.reasons if isinstance(found, Rejected) else ()


async def test_a_good_item_passes_with_its_claim_executed(item_text: str, track: Track, boxed) -> None:
    found = await check_item(item_text, "held-out", track, boxed)
    assert isinstance(found, DraftItem), found
    assert (found.item.id, found.executed) == ("held-out-drafted-01", 1)


@pytest.mark.parametrize(
    "wrap",
    [
        "{}",
        "```toml\n{}```",
        "[[item]]\n{}",
        "```\n[[item]]\n{}\n```",
    ],
)
async def test_the_form_it_comes_in_does_not_matter(item_text: str, track: Track, wrap: str) -> None:
    text = item_text.replace("[[wrong]]", "[[item.wrong]]") if "[[item]]" in wrap else item_text
    assert material.as_item(wrap.format(text)) == material.as_item(item_text)


REJECTED = {
    "no TOML": (lambda t: "I would be glad to help!", "is no TOML"),
    "untrue": (lambda t: t.replace('answer = "2"', 'answer = "3"'), "it prints '2', and the file says '3'"),
    "crashes": (lambda t: t.replace("print(", "prnt("), "it does not run: NameError"),
    "another concept": (lambda t: t.replace('"held-out"', '"sums"'), "is about 'sums'"),
    "unknown kind": (lambda t: t.replace('"output"', '"essay"'), "unknown kind"),
    "a known id": (lambda t: t, "there is an item of that id already"),
    "a path for an id": (lambda t: t.replace("held-out-drafted-01", "../../evil"), "kebab-case"),
    "short feedback": (lambda t: t.replace("Six rows stay for fitting. Held out are the others, a quarter of all eight.", "No."), "too short"),
    "a field nobody knows": (lambda t: "colour = 1\n" + t, "colour"),
    "two items": (lambda t: f"[[item]]\n{t}\n[[item]]\n{t}".replace("[[wrong]]", "[[item.wrong]]"), "one [[item]] and nothing else"),
    "more than an item": (lambda t: f"x = 1\n[[item]]\n{t}".replace("[[wrong]]", "[[item.wrong]]"), "one [[item]] and nothing else"),
}  # fmt: skip


@pytest.mark.parametrize("case", REJECTED)
async def test_what_fails_a_gate_is_rejected_with_the_reason(
    case: str, item_text: str, track: Track, boxed: Run
) -> None:
    change, reason = REJECTED[case]
    text = change(item_text)
    if case == "a known id":
        known = next(item.id for item in track.items if item.concept == "held-out")
        text = text.replace("held-out-drafted-01", known)
    assert any(reason in why for why in await reasons(text, track, boxed))


async def test_a_wrong_solution_passes_when_the_grader_agrees(bank, grader: Grader) -> None:
    found = await check_wrong(WRONG, bank["add-up"], grader)
    assert isinstance(found, DraftWrong), found
    assert (found.wrong.name, found.wrong.verdict, found.gradings) == ("adds_one", "wrong", 3)


WRONGS = {
    "right after all": (lambda t, c: t.replace("total = 1", "total = 0"), "is accepted when graded"),
    "another verdict": (lambda t, c: t.replace('verdict = "wrong"', 'verdict = "error"'), "is wrong when graded"),
    "the solution": (lambda t, c: t[: t.index('source = """')] + f'source = """\n# mine\n{c.solution}"""', "is the same program as solution.py"),
    "known": (lambda t, c: t[: t.index('source = """')] + f'source = """\n{c.wrong[0].source}\n\n"""', "is the same program as wrong/"),
    "answers alike": (lambda t, c: t[: t.index('source = """')] + 'source = """\ndef add_up(numbers):\n    kept = numbers[:-1]\n    return sum(kept)\n"""', "answers like wrong/forgets_last.py"),
    "a name that is taken": (lambda t, c: t.replace("adds_one", c.wrong[0].name), "of that name already"),
    "a path for a name": (lambda t, c: t.replace("adds_one", "../x"), "snake_case"),
    "a verdict of ours": (lambda t, c: t.replace('"wrong"', '"accepted"'), "`verdict` has to be one of"),
    "no explanation": (lambda t, c: t.replace("explanation", "remark"), "`explanation` is missing"),
    "a short explanation": (lambda t, c: t[: t.index("explanation")] + 'explanation = "No."\n' + t[t.index("source"):], "the explanation has 1 words"),
    "an odd misconception": (lambda t, c: t.replace("off-by-one", "a \\\"quoted\\\" one\\n"), "`misconception` has to be"),
    "no TOML": (lambda t, c: "def add_up(): pass", "is no TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONGS)
async def test_a_wrong_solution_that_fails_a_gate_is_rejected(case: str, bank, grader: Grader) -> None:
    change, reason = WRONGS[case]
    found = await check_wrong(change(WRONG, bank["add-up"]), bank["add-up"], grader)
    assert isinstance(found, Rejected)
    assert any(reason in why for why in found.reasons), found.reasons


async def test_drafts_say_where_they_come_from_and_can_be_moved_as_they_are(
    tmp_path: Path, item_text: str, track: Track, bank, grader: Grader, boxed: Run
) -> None:
    item = await check_item(item_text, "held-out", track, boxed)
    wrong = await check_wrong(WRONG, bank["add-up"], grader)
    assert isinstance(item, DraftItem)
    assert isinstance(wrong, DraftWrong)
    first = keep_item(tmp_path, item, ORIGIN)
    assert first == tmp_path / item.item.section / "held-out-drafted-01.toml"
    assert first.read_text().splitlines()[:4] == [
        "# Draft by claude-of-the-day, 2026-11-23, for the concept held-out.",
        "# Passed: reading, the linter, 1 claimed outputs executed.",
        "# Not reviewed by a person yet: read it, correct it, and move it to its place yourself.",
        "[[item]]",
    ]
    second = keep_wrong(tmp_path, bank["add-up"], wrong, ORIGIN)
    text = second.read_text()
    assert (
        '# file = "wrong/adds_one.py"\n# verdict = "wrong"\n# misconception = "off-by-one"\n# explanation = "You'
        in text
    )
    compile(text, "adds_one.py", "exec")
    with pytest.raises(FolderError, match="there is a draft of that name already"):
        keep_item(tmp_path, item, ORIGIN)


def test_a_kept_item_reads_as_content(tmp_path: Path, item_text: str, track: Track) -> None:
    """Appended to its section's file, a draft is an item like any other."""
    folder = tmp_path / "track"
    (folder / "quizzes").mkdir(parents=True)
    for file in SAMPLE.rglob("*.toml"):
        if "challenges" not in file.parts:
            (folder / file.relative_to(SAMPLE)).write_text(file.read_text())
    section = track.section_of("held-out")
    assert section is not None
    with (folder / "quizzes" / f"{section.slug}.toml").open("a") as opened:
        opened.write(f"\n{material.as_item(item_text)}\n")
    loaded, faults = load_track(folder)
    assert (faults, loaded.item("held-out-drafted-01") is not None) == ([], True)


@pytest.mark.parametrize("where", [".", "tracks", "tracks/x/quizzes"])
def test_no_draft_ever_goes_into_content(tmp_path: Path, where: str) -> None:
    with pytest.raises(FolderError, match="belongs to content"):
        check_folder(tmp_path / where, tmp_path)
    check_folder(tmp_path.parent / "drafts", tmp_path)


def test_the_examples_of_an_order_are_those_of_the_concept(shipped_track) -> None:
    for section in shipped_track.sections[:3]:
        text = (DATA / "quizzes" / f"{section.slug}.toml").read_text()
        for concept in section.concepts:
            about = [item.id for item in section.items if item.concept == concept.id]
            found = material.item_texts(text, concept.id)
            assert [f'id = "{name}"' in part for name, part in zip(about, found, strict=True)] == [True] * len(about)


class Author:
    """Drafts what it was given."""

    def __init__(self, *texts: str) -> None:
        """Keep the texts."""
        self.texts, self.orders = texts, []

    async def draft(self, what: DraftOrder) -> Drafted:
        """Hand out all of them, and say what was dropped."""
        self.orders.append(what)
        return Drafted(self.texts, ("One more was cut off.",))


async def test_an_order_keeps_what_passes_and_tells_of_the_rest(
    start, boxed: Run, tmp_path: Path, item_text: str
) -> None:
    author = Author(item_text, item_text.replace('answer = "2"', 'answer = "3"'), item_text)
    services = replace(start(run=boxed).dispatcher.services, tutor=Tutor(author))  # type: ignore[arg-type]
    concept = services.track.concept("held-out")
    file = SAMPLE / "quizzes" / "splitting.toml"
    outcome = await draft_items(services, concept, file, 3, tmp_path, "claude-of-the-day")
    assert [file.name for file in outcome.written] == ["held-out-drafted-01.toml"]
    assert [len(one.reasons) for one in outcome.rejected] == [1, 1]
    assert outcome.said == ("One more was cut off.",)
    (order,) = author.orders
    assert (order.kind, order.name, order.count) == ("items", "held-out", 3)
    assert "Asked already, do not repeat:\n- What are held-out rows good for?" in order.material
    again = await draft_wrong(services, services.challenges["add-up"], 1, tmp_path, "claude-of-the-day")
    assert [one.reasons[0] for one in again.rejected] == ["`name` is missing"]


async def test_nobody_to_ask_leaves_nothing(chat, tmp_path: Path) -> None:
    services = chat.dispatcher.services
    outcome = await draft_wrong(services, services.challenges["add-up"], 1, tmp_path, "nobody")
    assert (outcome.written, outcome.rejected, bool(outcome.said), list(tmp_path.glob("add-up"))) == ([], [], True, [])
