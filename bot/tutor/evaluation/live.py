"""Claude as an explainer to be measured, with all its gates, and as a judge: what `--live` adds.

Money is counted and bounded as for learners, in a store of its own that is thrown away.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from bot.tutor.asking import Asking, Who
from bot.tutor.claude import ClaudeAssistant, ClaudeOptions
from bot.tutor.claude.client import Answer, Call
from bot.tutor.claude.prompt import prompt_hash
from bot.tutor.evaluation.corpus import Specimen
from bot.tutor.evaluation.harness import Evaluated, Explainer, Tell
from bot.tutor.evaluation.judge import Judged, repairs, sum_up, votes
from bot.tutor.evaluation.recorded import Origin
from bot.tutor.explanation import Explanation
from bot.tutor.offline import explain
from challenges.grade import Grader

NOBODY = Who(0, 0)


@dataclass(frozen=True, slots=True)
class Live:
    """Claude with the options it was set up with."""

    assistant: ClaudeAssistant
    options: ClaudeOptions

    def explainer(self, date: str) -> Explainer:
        """Claude as an explainer: what learners would be shown, or None; asked twice, the second time its cache answers."""

        async def say(specimen: Specimen) -> Explanation | None:
            offline = explain(specimen.challenge, specimen.source, specimen.report)
            asked = Asking(specimen.challenge, specimen.source, specimen.report, offline, NOBODY)
            return await self.assistant.improve(asked)

        origin = Origin("claude", self.options.model.name, prompt_hash(), version("anthropic"), date)
        return Explainer(origin, say, fresh=True)

    async def judged(
        self, one: Evaluated, corpus: Sequence[Specimen], grader: Grader, rng: random.Random, tell: Tell
    ) -> Judged:
        """What the author's model says to one explainer's texts, and whether they help the explainer's model."""
        ballots, helped = [], []
        for number, specimen in enumerate(corpus, 1):
            said = one.answers.get(specimen.key)
            if said is not None:
                ballots.append(await votes(self._ask, self.options.author, specimen, said, rng))
                model = self.options.model
                before = await repairs(self._ask, model, specimen, None, grader)
                helped.append((before, await repairs(self._ask, model, specimen, said, grader)))
            tell(number / len(corpus))
        return sum_up(self.options.author.name, ballots, helped, rng)

    async def _ask(self, call: Call) -> Answer | None:
        return await self.assistant.desk.ask(call, NOBODY)
