"""The forms that open on top of a conversation, and what was filled in. Pure.

A form carries where it was asked for in its `private_metadata`, so that its answer arrives there, also after a restart.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards import ChallengeCard, Input, QuestionCard
from bot.platforms.fields import answer_text, missing
from bot.platforms.slack.blocks import TITLE, Block, entry, fine, plain, said, short
from bot.platforms.slack.escape import literal
from bot.platforms.slack.questions import LONGEST, form

View = dict[str, Any]
CODE, FILE = "code", "file"
METADATA = 3000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody did something, and how to answer them there.

    Attributes:
        user: as Slack knows them, such as U1.
        url: takes a few answers for half an hour; none when empty.
        message: the message with the control, when everyone in the channel sees it.
        private: the message, or the channel, is theirs alone.
    """

    team: str
    user: str
    name: str = ""
    team_name: str = ""
    channel: str = ""
    thread: str = ""
    message: str = ""
    url: str = ""
    trigger: str = ""
    private: bool = False

    @property
    def direct(self) -> bool:
        """Whether this is a conversation of two."""
        return self.channel.startswith("D")


def question_form(card: QuestionCard, origin: Origin) -> View:
    """The form that answers a question."""
    return _view(card.label, f"answer:{card.public_id}", form(card), origin, send="Answer")


def code_form(card: ChallengeCard, origin: Origin) -> View:
    """The form for code: typed, or a file when it is longer than Slack lets one type."""
    code = card.draft or card.starter
    start = code if len(code) <= LONGEST else card.starter
    box: dict[str, Any] = {"type": "plain_text_input", "action_id": "value", "multiline": True, "max_length": LONGEST}
    told = []
    if 0 < len(start) <= LONGEST:
        box["initial_value"] = literal(start)
    if start != code or "initial_value" not in box:
        told = said(f"Your code is longer than the {LONGEST:,} characters that fit here; send it as a file.")
    file = {"type": "file_input", "action_id": "value", "filetypes": ["py"], "max_files": 1}
    blocks = [
        *fine(f"{card.title} · {card.libraries}"),
        *told,
        entry(f"{CODE}.0", "Your code", box, optional=True),
        entry(f"{FILE}.0", "Or a .py file", file, hint="A file wins over what is typed above.", optional=True),
    ]
    return _view("Your code", f"submit:{card.slug}", blocks, origin, send="Run and grade")


def setting_form(command: str, label: str, value: str, origin: Origin) -> View:
    """The form for one setting."""
    box: dict[str, Any] = {"type": "plain_text_input", "action_id": "value", "max_length": LONGEST}
    if 0 < len(value) <= LONGEST:
        box["initial_value"] = literal(value)
    return _view(label, f"set:{command}", [entry("text.0", label, box)], origin, send="Save")


def message_form(title: str, text: str, origin: Origin) -> View:
    """A short text on top of the conversation."""
    return _view(title, "told", said(text), origin)


def _view(title: str, callback_id: str, blocks: list[Block], origin: Origin, *, send: str = "") -> View:
    made: View = {
        "type": "modal",
        "title": plain(short(title, TITLE)),
        "close": plain("Cancel" if send else "Close"),
        "callback_id": callback_id,
        "private_metadata": packed(origin),
        "blocks": blocks,
    }
    return made | ({"submit": plain(send)} if send else {})


def packed(origin: Origin) -> str:
    """Where a form was asked for, to be carried by it."""
    kept = {"channel": origin.channel, "thread": origin.thread, "message": origin.message, "url": origin.url}
    text = json.dumps(kept | {"private": origin.private})
    return text if len(text) <= METADATA else "{}"


def unpacked(text: str) -> dict[str, Any]:
    """What `packed` said; nothing when it is no longer readable."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return {}
    known = ("channel", "thread", "message", "url", "private")
    return {key: kept[key] for key in known if key in kept} if isinstance(kept, dict) else {}


def filled_in(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs of name and value from the fields of a form, in their order."""
    return [(block_id.partition(".")[0], value) for block_id, value in _values(values)]


def _values(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(block_id, _value(state)) for block_id, elements in values.items() for state in elements.values()]


def _value(state: Mapping[str, Any]) -> str:
    chosen = state.get("selected_option")
    return str(chosen["value"]) if chosen else state.get("value") or ""


def ticked(values: Mapping[str, Any], public_id: str) -> str:
    """The letters ticked in a message, as one would type them."""
    state = values.get(f"ticks:{public_id}", {}).get("tick", {})
    return " ".join(one["value"] for one in state.get("selected_options") or ())


def answer_of(card: QuestionCard, values: Mapping[str, Any]) -> str:
    """The answer in a question's form, as one would type it; empty while something is missing."""
    if "text.0" in values:
        return dict(filled_in(values)).get("text", "").strip()
    return answer_text(card, filled_in(values))


def faults_of(card: QuestionCard, values: Mapping[str, Any]) -> dict[str, str]:
    """What to say below which field of a question's form before it can be sent."""
    filled = _values(values)
    empty = {block_id: missing(card) for block_id, value in filled if not value.strip()}
    if card.input is not Input.ORDER or "text.0" in values:
        return empty
    chosen = [(block_id, value) for block_id, value in filled if value.strip()]
    gaps = [block_id for block_id, _ in filled[: len(chosen) or 1] if block_id in empty]
    if gaps:
        return dict.fromkeys(gaps, "Choose a step here first, and leave the last places empty instead.")
    often = Counter(value for _, value in chosen)
    return {block_id: f"You chose {value} more than once." for block_id, value in chosen if often[value] > 1}


def files_of(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The files in a form for code."""
    return tuple(values.get(f"{FILE}.0", {}).get("value", {}).get("files") or ())


def code_of(values: Mapping[str, Any]) -> str:
    """The code typed into a form."""
    return str(values.get(f"{CODE}.0", {}).get("value", {}).get("value") or "")
