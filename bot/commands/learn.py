"""`/learn [track]`: the whole track at a glance: sections, paths, projects, and where the learner is."""

from __future__ import annotations

from collections import Counter

from bot.cards import Action, Markdown, NoticeCard, TrackCard, TrackSection
from bot.commands import Command
from bot.messages import Reply
from bot.placing import OFFER, offered
from bot.services import Context
from bot.topics import path_sections
from quizzes.items import Track


async def handle(context: Context) -> Reply:
    """Show the track."""
    track, wanted = context.services.track, context.request.args.lower()
    if wanted and wanted not in (track.slug, track.title.lower()):
        card = NoticeCard(
            title="No such track",
            text=f"I have no track called “{wanted[:60]}”. There is one: {track.slug}.",
            actions=(Action(track.title, f"learn {track.slug}", primary=True),),
        )
        return Reply((card,))
    answered = {row.item_id for row in await context.store.history(context.user.id)}
    offers = (OFFER,) if await offered(context) else ()
    return Reply((_card(context, track, answered, offers),))


def _card(context: Context, track: Track, answered: set[str], offers: tuple[Action, ...]) -> TrackCard:
    challenges = Counter(c.section for c in context.services.challenges.values())
    order = path_sections(track, context.user.path)
    seen = Counter(item.section for item in track.items if item.id in answered)
    total = Counter(item.section for item in track.items)
    here = next((slug for slug in order if seen[slug] < total[slug]), "")
    sections = tuple(
        TrackSection(
            title=s.title,
            questions=total[s.slug],
            answered=seen[s.slug],
            challenges=challenges[s.slug],
            here=s.slug == here,
        )
        for s in filter(None, map(track.section, order))
    )
    levels = dict.fromkeys(p.level for p in track.projects)
    mine = next((p.title for p in track.paths if p.slug == context.user.path), "")
    return TrackCard(
        title=track.title,
        summary=Markdown(track.summary),
        sections=sections,
        paths=tuple((p.title, f"{p.months} months. {p.focus}") for p in track.paths),
        projects=tuple((level, tuple(p.title for p in track.projects if p.level == level)) for level in levels),
        path=mine,
        actions=(
            Action("Today’s questions", "daily", primary=True),
            *offers,
            *(Action(f"Follow: {p.title}", f"settings path {p.slug}") for p in track.paths if p.title != mine),
        ),
    )


COMMAND = Command(
    name="learn",
    summary="the track: sections, paths, projects, where you are",
    usage="/learn [track]",
    help="Shows the curriculum and where you are in it, and lets you choose a learning path.\nExample: /learn ai-machine-learning",
    handle=handle,
    order=5,
)
