"""The tutor: an explanation at once, and a hint only where somebody can give one."""

from __future__ import annotations

from bot.tutor import Explanation, Tutor
from bot.tutor.offline import explain
from challenges.model import Challenge, Report, Verdict

REPORT = Report(verdict=Verdict.WRONG, cases=(), hidden_passed=0, hidden_total=6)


class Adviser:
    """Gives the same hint to everybody."""

    async def hint(self, challenge: Challenge, source: str, report: Report, offline: Explanation) -> Explanation:
        """Repeat what was said, as a hint."""
        return Explanation(source="ai", specific=True, text=f"{challenge.slug}: {offline.text}")


async def test_without_a_hinter_there_is_an_explanation_and_no_hint(bank: dict[str, Challenge]) -> None:
    tutor, challenge = Tutor(), bank["add-up"]
    explained = tutor.explain(challenge, "", REPORT)
    assert explained == explain(challenge, "", REPORT)
    assert (tutor.has_ai, await tutor.hint(challenge, "", REPORT, explained)) == (False, None)


async def test_a_hinter_adds_to_the_explanation(bank: dict[str, Challenge]) -> None:
    tutor, challenge = Tutor(Adviser()), bank["add-up"]
    explained = tutor.explain(challenge, "", REPORT)
    hint = await tutor.hint(challenge, "", REPORT, explained)
    assert (tutor.has_ai, hint) == (True, Explanation(source="ai", specific=True, text=f"add-up: {explained.text}"))
