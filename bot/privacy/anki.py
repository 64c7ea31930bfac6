"""A learner's missed items as an Anki deck: the question as it was posed, what they said, and why something else is right.

Importing again adds what is new and renews what is there: notes are known by their item, the deck and the look by fixed numbers.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import genanki  # type: ignore[import-untyped]

from bot.cards import FileCard
from bot.platforms.web.markup import to_html
from bot.store import MissedItem
from quizzes.grade import Graded, grade
from quizzes.items import Item, Track
from quizzes.present import Posed, present

NAME = "epochbot-missed.apkg"
MODEL_ID, DECK_ID = 1_607_392_319, 1_751_330_277  # for good: Anki knows note type and deck by them
FIELDS = ("Question", "Your answer", "Right answer", "Explanation", "Source")
FRONT = "<div class='question'>{{Question}}</div>"
BACK = (
    "{{FrontSide}}<hr id='answer'><p><b>Right:</b> {{Right answer}}</p><p class='mine'><b>You said:</b> {{Your answer}}</p>"
    "<div>{{Explanation}}</div><p class='source'>{{Source}}</p>"
)
CSS = (
    ".card{font-family:sans-serif;font-size:18px;line-height:1.4;text-align:left;max-width:40em;margin:1em auto}"
    "pre{white-space:pre-wrap;padding:.6em;border:1px solid #8886;border-radius:6px}code{font-size:.95em}"
    ".mine,.source{opacity:.75}.source{font-size:.8em}"
)


class Note(NamedTuple):
    """One card's texts, as HTML, and its tags."""

    item_id: str
    fields: tuple[str, ...]
    tags: tuple[str, ...]


def notes(track: Track, missed: Iterable[MissedItem]) -> list[Note]:
    """Pose every missed item as it was; items that are gone, or whose old answer cannot be read any more, are left out."""
    made = (_note(track, one) for one in missed)
    return [note for note in made if note is not None]


def deck_card(track: Track, made: list[Note], at: datetime) -> FileCard:
    """The file to import into Anki. Blocks for some milliseconds a hundred notes."""
    model = genanki.Model(
        MODEL_ID,
        "Epochbot: a missed question",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Question", "qfmt": FRONT, "afmt": BACK}],
        css=CSS,
    )
    deck = genanki.Deck(DECK_ID, f"Epochbot::{track.title}", "Questions you got wrong, from /privacy anki.")
    for note in made:
        guid = genanki.guid_for("epochbot", track.slug, note.item_id)
        deck.add_note(genanki.Note(model=model, fields=list(note.fields), tags=list(note.tags), guid=guid))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        genanki.Package(deck).write_to_file(path, timestamp=at.timestamp())
        content = path.read_bytes()
    cards = "1 question" if len(made) == 1 else f"{len(made)} questions"
    return FileCard(
        name=NAME,
        content=content,
        note=f"{cards} you got wrong, for Anki: open the file there. Importing a later one adds what is new and repeats nothing.",
    )


def _note(track: Track, missed: MissedItem) -> Note | None:
    item = track.item(missed.item_id)
    if item is None:
        return None
    posed = present(item, int(missed.seed))
    graded = grade(item, posed, missed.answer_text)
    if not isinstance(graded, Graded):
        return None
    fields = (
        _question(item, posed),
        _said(graded.chosen or missed.answer_text),
        to_html(graded.right),
        to_html(graded.feedback) + to_html(graded.explanation),
        html.escape(item.source),
    )
    return Note(item.id, fields, tuple(_tag(name) for name in ("epochbot", item.section, item.concept)))


def _question(item: Item, posed: Posed) -> str:
    parts = [to_html(posed.prompt)]
    if posed.code:
        parts.append(f"<pre><code>{html.escape(posed.code)}</code></pre>")
    parts += [f"<div>{n}. {to_html(left.text)}</div>" for n, left in enumerate(posed.lefts, 1)]
    parts += [
        f"<div><b>{html.escape(line.label)}</b> {to_html(line.text)}</div>"
        for line in posed.options or posed.steps or posed.rights
    ]
    return "".join(parts)


def _said(text: str) -> str:
    """A learner's own words, in which Anki must find neither tags nor sounds nor formulas of its own."""
    return html.escape(text).replace("[", "&#91;").replace("\\", "&#92;").replace("\n", "<br>")


def _tag(name: str) -> str:
    return name.replace(" ", "-")
