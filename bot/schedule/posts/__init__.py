"""What each kind of post shows. Builders read the store and answer with cards; the engine decides when, and sends."""

from bot.schedule.kinds import Builder, Kind
from bot.schedule.posts import challenge, question, recap, reminder, reveal

BUILDERS: dict[Kind, Builder] = {
    Kind.QUESTION: question.build,
    Kind.CHALLENGE: challenge.build,
    Kind.REVEAL: reveal.build,
    Kind.RECAP: recap.build,
    Kind.REMINDER: reminder.build,
}
