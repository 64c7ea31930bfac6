"""Claude as the tutor's assistant: ask, prove by running, gate what is shown, ask a stronger model once, or stay silent.

Silence is always right, for the offline explanation stands. Nothing here decides a verdict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog

from bot.store.errors import StoreError
from bot.store.tutoring import Tutoring
from bot.tutor.asking import Asking, Drafted, DraftOrder, Marked, Turn, Who
from bot.tutor.claude import prices, prompt, wire
from bot.tutor.claude.breaker import Fault
from bot.tutor.claude.cache import Canonical, Kept, canonical, key, line_for, told_for
from bot.tutor.claude.client import Call
from bot.tutor.claude.desk import Desk
from bot.tutor.claude.flights import Flights
from bot.tutor.claude.gates import form, grounding
from bot.tutor.claude.gates.leak import Apart, Passing, leaks
from bot.tutor.claude.gates.veiled import spells, veils
from bot.tutor.claude.options import ClaudeOptions, Model
from bot.tutor.claude.redact import MAX_CODE
from bot.tutor.claude.verify import plain_fix, plausible
from bot.tutor.explanation import Explanation
from challenges.model import Challenge, Report, Verdict
from challenges.prepare import CasesError
from runner.errors import CannotIsolate
from runner.fair import Busy

log = structlog.get_logger(__name__)

DRAFT_S, DRAFT_TOKENS = 120.0, 8_000
FAULTS_OF_OURS = (StoreError, CasesError, CannotIsolate, Busy, TimeoutError)
"""What may stop us on the way; each is logged where it happens or here, and a learner keeps the offline text."""

_T = TypeVar("_T")
Grade = Callable[[Challenge, str], Awaitable[Report]]


@dataclass(frozen=True, slots=True)
class Box:
    """What runs code for the tutor: a grading, and a trial of many programs at once; `apart` is for long work of our own."""

    grade: Grade
    passing: Passing
    apart: Apart | None = None


class ClaudeAssistant:
    """Asks Claude."""

    def __init__(
        self,
        options: ClaudeOptions,
        tutoring: Tutoring,
        box: Box,
        *,
        now: Callable[[], datetime],
        entropy: Callable[[], int],
    ) -> None:
        self.desk = Desk(options, tutoring, now, entropy)
        self._options, self._tutoring, self._box = options, tutoring, box
        self._flights = Flights()

    async def available(self, who: Who) -> bool:
        """Whether it may and can be asked for this learner now."""
        return await self.desk.available(who)

    async def check(self) -> tuple[str, ...]:
        """What an operator should know about the models that are set; nothing when the service cannot be asked."""
        said = []
        for name in dict.fromkeys((self._options.model.name, self._options.strong.name)):
            if not prices.is_known(name, self._options.prices):
                said.append(f"The price of {name} is not known, so the dearest is assumed; set EPOCHBOT_CLAUDE_PRICES.")
            model = await self.desk.client.model(name)
            if model is not None and model.lifecycle != "active":
                end = f" on {model.retires_at:%d %B %Y}" if model.retires_at else ""
                said.append(f"{name} is {model.lifecycle} and goes{end}; set EPOCHBOT_CLAUDE_MODEL to a newer one.")
        for warning in said:
            log.warning("model", advice=warning)
        return tuple(said)

    async def improve(self, asking: Asking) -> Explanation | None:
        """An explanation whose fix passed and whose text holds, or None."""
        return await self._guarded("explain", self._improve(asking))

    async def follow_up(self, asking: Asking, earlier: tuple[Turn, ...], question: str) -> Explanation | None:
        """An answer to a learner's question that holds, or None."""
        return await self._guarded("ask", self._follow_up(asking, earlier, question))

    async def mark_short(self, rubric: tuple[str, ...], prompt: str, answer: str, who: Who) -> Marked | None:
        """A short answer held against its rubric, or None."""
        return await self._guarded("mark", self._mark(rubric, prompt, answer, who))

    async def draft(self, what: DraftOrder) -> Drafted:
        """Drafts for an author, as they come."""
        author, nobody = self._options.author, Who(0, 0)
        call = self._call("draft", author, prompt.DRAFT, prompt.draft(what), wire.DRAFTS)
        answer = await self.desk.ask(replace(call, max_tokens=DRAFT_TOKENS, timeout_s=DRAFT_S), nobody)
        if answer is None:
            return Drafted(
                (),
                (f"Claude was not asked. {self.desk.breaker.why or 'The money set for this month does not reach.'}",),
            )
        found = wire.read(wire.Drafts, answer.text) if answer.text else None
        if not isinstance(found, wire.Drafts):
            return Drafted((), (f"Claude gave no draft: {answer.why or 'its answer has another form'}.",))
        return Drafted(found.drafts[: what.count])

    async def _guarded(self, purpose: str, work: Awaitable[_T]) -> _T | None:
        """Do it in time and without an exception, or not at all."""
        try:
            async with asyncio.timeout(self._options.whole_s):
                return await work
        except FAULTS_OF_OURS as fault:
            log.warning("no answer", purpose=purpose, reason=type(fault).__name__)
            return None

    async def _improve(self, asking: Asking) -> Explanation | None:
        if len(prompt.numbered(asking.source).encode("utf-8", "replace")) > MAX_CODE:
            return None  # nobody can repair a program of which they see a part
        if not await self.available(asking.who):
            return None
        mine = canonical(asking.source, asking.challenge.entry)
        models = (self._options.model, self._options.strong)
        kept_under = key(asking.challenge, mine, asking.report, prompt.prompt_hash(), *map(repr, models))
        async with self._flights.of(kept_under) as flight:
            for model in models:
                found = await self._answered(asking, model, mine, kept_under)
                if found is None:
                    flight.failed = True
                    return None
                answer, theirs = found
                if answer is None:
                    continue
                shown = await self._shown(asking, answer, theirs, mine)
                if shown is not None:
                    return shown
        return None

    async def _answered(
        self, asking: Asking, model: Model, mine: Canonical, kept_under: str
    ) -> tuple[wire.Explained | None, Canonical] | None:
        """A model's proven answer and the program it is about, kept or new; without one when it has none; None when it
        could not be asked.
        """
        kept = Kept.read(await self._tutoring.answer(kept_under), mine.form)
        if model.name in kept.asked:
            text = dict(kept.answers).get(model.name)
            return (wire.read(wire.Explained, text) if text else None), kept.form
        theirs = kept.form if kept.asked else mine
        if theirs.names != mine.names or theirs.lines != mine.lines:
            kept, theirs = Kept(), mine  # what is asked now is asked about this learner's program
        names = await self.desk.names(asking.who)
        call = self._call("explain", model, prompt.EXPLAIN, prompt.explain(asking, names), wire.EXPLAINED)
        call = replace(call, pseudonym=await self.desk.pseudonym(asking.who))
        answer = await self.desk.ask(call, asking.who)
        if answer is None or answer.fault is not Fault.NONE:
            return None
        proven = await self._proven(asking, answer.text) if answer.text else None
        answers = kept.answers if proven is None else (*kept.answers, (model.name, proven.model_dump_json()))
        now_kept = Kept((*kept.asked, model.name), answers, theirs)
        await self._tutoring.keep_answer(kept_under, asking.who.user_id, now_kept.text())
        return proven, theirs

    async def _proven(self, asking: Asking, text: str) -> wire.Explained | None:
        """An answer whose private fix changes the cited line and passes."""
        answer = wire.read(wire.Explained, text)
        if not isinstance(answer, wire.Explained):
            log.info("withheld", reason="another form")
            return None
        fix = plain_fix(answer.fix)
        if not plausible(asking.source, fix, answer.line):
            log.info("withheld", reason="the fix is not at the line it cites")
            return None
        if (await self._box.grade(asking.challenge, fix)).verdict is not Verdict.ACCEPTED:
            log.info("withheld", reason="the fix does not pass")
            return None
        return answer

    async def _shown(
        self, asking: Asking, answer: wire.Explained, theirs: Canonical, mine: Canonical
    ) -> Explanation | None:
        """The tier that was asked for, if it holds for this learner's program."""
        text = told_for(answer.tier(asking.rung), theirs, mine)
        if not await self._holds(asking, text, form.TIER, ours=prompt.EXPLAIN, fix=answer.fix):
            return None
        lines = asking.source.split("\n")
        line = line_for(answer.line, theirs, mine) if theirs != mine else answer.line
        there = 1 <= line <= len(lines)
        return Explanation(
            source="ai",
            specific=True,
            text=text,
            line=line if there else None,
            code_line=lines[line - 1].strip() if there else "",
        )

    async def _follow_up(self, asking: Asking, earlier: tuple[Turn, ...], question: str) -> Explanation | None:
        if not await self.available(asking.who):
            return None
        names, pseudonym = await self.desk.names(asking.who), await self.desk.pseudonym(asking.who)
        asked = prompt.follow_up(asking, earlier, question, names)
        said = "\n".join(turn.answer for turn in earlier)
        for model in (self._options.model, self._options.strong):
            call = replace(self._call("ask", model, prompt.REPLY, asked, wire.REPLIED), pseudonym=pseudonym)
            answer = await self.desk.ask(call, asking.who)
            if answer is None or answer.fault is not Fault.NONE:
                return None
            reply = wire.read(wire.Replied, answer.text) if answer.text else None
            if isinstance(reply, wire.Replied) and await self._holds(
                asking, reply.answer, form.REPLY, ours=prompt.REPLY, said=said
            ):
                return Explanation(source="ai", specific=True, text=reply.answer)
        return None

    async def _mark(self, rubric: tuple[str, ...], asked: str, answer: str, who: Who) -> Marked | None:
        if not rubric or not await self.available(who):
            return None
        text = prompt.mark(rubric, asked, answer, await self.desk.names(who))
        call = self._call("mark", self._options.model, prompt.MARK, text, wire.JUDGED)
        said = await self.desk.ask(replace(call, pseudonym=await self.desk.pseudonym(who)), who)
        judged = wire.read(wire.Judged, said.text) if said and said.text else None
        if not isinstance(judged, wire.Judged) or len(judged.criteria) != len(rubric):
            return None
        if faults := form.faults(judged.text, form.NOTE, ours=prompt.MARK):
            log.info("withheld", purpose="mark", reason=faults)
            return None
        return Marked(judged.criteria, judged.text)

    async def _holds(
        self, asking: Asking, text: str, shape: form.Form, *, ours: str, said: str = "", fix: str = ""
    ) -> bool:
        """Whether a text passes every gate; `said` was shown before and counts as part of it when it gives something away."""
        challenge, source = asking.challenge, asking.source
        record = grounding.Record.of(challenge, source, asking.report, asking.offline)
        faults = form.faults(text, shape, solution=challenge.solution, ours=ours) + grounding.faults(text, record)
        if veils(text) or spells(
            f"{said}\n{text}", source, challenge.statement, *filter(None, (fix, challenge.solution))
        ):
            faults.append("leak: spelt out")
        if not faults:
            leak = await leaks(challenge, source, asking.report, f"{said}\n{text}".strip(), self._box.passing, self._box.apart)
            faults = [f"leak: {leak}"] if leak else []
        if faults:
            log.info("withheld", reason=faults, grade=round(form.grade(text), 1))
        return not faults

    def _call(self, purpose: str, model: Model, system: str, text: str, schema: dict[str, object]) -> Call:
        options = self._options
        return Call(purpose, model, system, text, schema, options.max_tokens, options.timeout_s)
