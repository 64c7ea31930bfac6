"""The tutor: an explanation at once, and something better only where somebody can give it."""

from __future__ import annotations

from bot.tutor import Asking, Drafted, DraftOrder, Explanation, Marked, Turn, Tutor, Who
from bot.tutor.offline import explain
from challenges.model import Challenge, Report, Verdict

REPORT = Report(verdict=Verdict.WRONG, cases=(), hidden_passed=0, hidden_total=6)
MIA = Who(7, 3)
ORDER = DraftOrder("items", "entropy", 2)


class Adviser:
    """Repeats what it was asked."""

    async def available(self, who: Who) -> bool:
        """Whether it is Mia who asks."""
        return who == MIA

    async def improve(self, asking: Asking) -> Explanation | None:
        """Repeat the offline explanation."""
        return Explanation(source="ai", specific=True, text=f"{asking.challenge.slug}: {asking.offline.text}")

    async def follow_up(self, asking: Asking, earlier: tuple[Turn, ...], question: str) -> Explanation | None:
        """Repeat the question."""
        return Explanation(source="ai", specific=False, text=f"{len(earlier)} {question}")

    async def mark_short(self, rubric: tuple[str, ...], prompt: str, answer: str, who: Who) -> Marked | None:
        """Find every criterion met."""
        return Marked(tuple(True for _ in rubric), answer)

    async def draft(self, what: DraftOrder) -> Drafted:
        """Draft the name over and over."""
        return Drafted((what.name,) * what.count)

    async def check(self) -> tuple[str, ...]:
        """Nothing to say."""
        return ("All is well.",)


async def everything(tutor: Tutor, challenge: Challenge) -> tuple[object, ...]:
    """Ask for all there is."""
    asking = Asking(challenge, "", REPORT, tutor.explain(challenge, "", REPORT), MIA)
    return (
        tutor.has_ai,
        await tutor.available(MIA),
        await tutor.available(Who(8, 3)),
        await tutor.improve(asking),
        await tutor.follow_up(asking, (Turn("a", "b"),), "Why?"),
        await tutor.mark_short(("says why",), "Why?", "Because.", MIA),
    )


async def test_without_an_assistant_there_is_an_explanation_and_nothing_more(bank: dict[str, Challenge]) -> None:
    tutor, challenge = Tutor(), bank["add-up"]
    assert tutor.explain(challenge, "", REPORT) == explain(challenge, "", REPORT)
    assert await everything(tutor, challenge) == (False, False, False, None, None, None)
    drafted = await tutor.draft(ORDER)
    assert (drafted.texts, len(drafted.rejected)) == ((), 1)


async def test_an_assistant_is_asked_as_it_was_meant(bank: dict[str, Challenge]) -> None:
    tutor, challenge = Tutor(Adviser()), bank["add-up"]
    said = tutor.explain(challenge, "", REPORT).text
    assert await everything(tutor, challenge) == (
        True,
        True,
        False,
        Explanation(source="ai", specific=True, text=f"add-up: {said}"),
        Explanation(source="ai", specific=False, text="1 Why?"),
        Marked((True,), "Because."),
    )
    assert await tutor.draft(ORDER) == Drafted(("entropy", "entropy"))
    assert (await tutor.check(), await Tutor().check()) == (("All is well.",), ())
