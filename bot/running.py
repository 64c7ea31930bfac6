"""Code that came with a request: what it is, what it needs, and what its run looks like when nobody judges it.

Pure but for `run_code`, which hands a job to the runner in fair turns.
"""

from __future__ import annotations

import ast

from bot.cards import Action, NoticeCard, RunCard, Tone
from bot.messages import Request
from bot.services import Context
from runner import Job, Limits, Outcome, Profile, Result
from runner.fair import Busy

MIB = 1024 * 1024
LIMITS = Limits(wall_s=10.0, memory_bytes=512 * MIB)
LIBRARIES = (
    (Profile.TORCH, {"torch"}),
    (Profile.SKLEARN, {"sklearn", "scipy", "pandas", "joblib"}),
    (Profile.NUMPY, {"numpy"}),
)
HEADLINES = {
    Outcome.OK: "It ran to its end",
    Outcome.ERROR: "It stopped with an error",
    Outcome.TIMEOUT: "It ran out of time",
    Outcome.MEMORY: "It ran out of memory",
    Outcome.OUTPUT_LIMIT: "It printed too much",
    Outcome.VIOLATION: "It tried something the sandbox does not allow",
    Outcome.INTERNAL: "We could not run it; that is our fault",
}


def source_of(request: Request) -> str | bytes:
    """Find the code of a request: its file, else the lines below the command, without the fence around them."""
    if request.attachments:
        return request.attachments[0].content
    lines = request.body.strip().splitlines()
    fenced = len(lines) >= 2 and lines[0].startswith("```") and lines[-1].startswith("```")
    return "\n".join(lines[1:-1]) + "\n" if fenced else request.body


def profile_of(source: str) -> Profile:
    """Choose the libraries that a program imports; the plainest for one that cannot be read."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Profile.STDLIB
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in names}
    return next((profile for profile, libraries in LIBRARIES if roots & libraries), Profile.STDLIB)


async def run_code(context: Context, source: str | bytes) -> Result:
    """Run a program as a script, when it is its learner's turn.

    Raises:
        Busy: too much is waiting.
    """
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    job = Job(source=source, profile=profile_of(text), limits=LIMITS, filename="your_code.py")
    async with context.services.turns.turn(client=str(context.user.id), group=str(context.group.id)):
        return await context.services.run(job)


def run_card(result: Result, actions: tuple[Action, ...] = ()) -> RunCard:
    """The card for a run that nobody judges."""
    printed = "\n".join(part.rstrip("\n") for part in (result.stdout, result.stderr) if part.strip())
    fault = result.fault
    if fault and not (fault.traceback and fault.traceback in result.stderr) and not result.detail:
        printed = f"{printed}\n{fault.type}: {fault.message}".strip("\n")
    return RunCard(
        headline=HEADLINES[result.outcome],
        ok=result.outcome is Outcome.OK,
        printed=printed,
        detail=result.detail,
        footer=f"Isolation: {result.isolation}. {result.wall_ms / 1000:.1f} s, {result.peak_bytes / MIB:.0f} MB at most. Nothing is graded or kept.",
        actions=actions,
    )


def busy_card(busy: Busy, title: str) -> NoticeCard:
    """What to say to code that has to wait too long."""
    whose = "of your submissions" if busy.own else "submissions"
    text = (
        f"Busy: {busy.waiting} {whose} are waiting; try again in about {busy.retry_after_s} s. "
        "This one was not graded, and counts for nothing."
    )
    return NoticeCard(title=title, text=text, tone=Tone.WARNING)
