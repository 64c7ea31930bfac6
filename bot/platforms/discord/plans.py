"""What an event asks for: a command to run, a form to open, something to share, or words to complete. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from bot.cards import Card, ChallengeCard, FormCard, QuestionCard
from bot.messages import parse_line
from bot.platforms.discord.commands import EXPLAIN_THIS, RUN_THIS, arguments
from bot.platforms.discord.events import Event, File, Kind, code_in, files, message_meant, options, part_used
from bot.platforms.discord.forms import Form, answer_text, code_form, filled_in, question_form, value_form
from bot.platforms.discord.ids import Verb, read_control, read_form

ON_MESSAGE = 3


class Ack(Enum):
    """How an event is acknowledged before its work begins."""

    PRIVATE = auto()  # "thinking", seen by one person
    PUBLIC = auto()  # "thinking", seen by all
    QUIET = auto()  # nothing changes yet


@dataclass(frozen=True, slots=True)
class Run:
    """A command to dispatch. `question` is the id of the question that a control answers."""

    command: str
    args: str = ""
    body: str = ""
    ack: Ack = Ack.PRIVATE
    files: tuple[File, ...] = ()
    question: str = ""

    @property
    def line(self) -> str:
        """The command as one would type it."""
        return f"{self.command} {self.args}".strip()


@dataclass(frozen=True, slots=True)
class Open:
    """A form to open, made from a card that a command shows; whatever else the command shows is shown instead."""

    verb: Verb
    rest: str
    show: Run


@dataclass(frozen=True, slots=True)
class Stale:
    """A control or form that no version of ours made."""


Plan = Run | Open | Stale


def plan(event: Event, known: Container[str]) -> Plan:
    """Decide what an event asks for.

    Args:
        known: the commands there are.
    """
    match event.kind:
        case Kind.COMMAND:
            return _command(event, known)
        case Kind.CONTROL:
            return _control(event)
        case _:
            return _form(event)


def _command(event: Event, known: Container[str]) -> Plan:
    name = str(event.data.get("name", ""))
    if event.data.get("type") == ON_MESSAGE:
        return _on_message(event, name, known)
    filled = options(event.data)
    args = arguments(name, part_used(event.data), filled)
    sent = files(event.data, [filled["file"]]) if "file" in filled else ()
    if name != "submit":
        return Run(name, args, files=sent)
    return Run(name, args, files=sent) if sent else Open(Verb.CODE, args, Run("challenge", args))


def _on_message(event: Event, name: str, known: Container[str]) -> Plan:
    text, sent = message_meant(event.data)
    code = code_in(text)
    if name == RUN_THIS:
        return Run("run" if "run" in known else "submit", body=code, files=() if "```" in text else sent)
    return Run("explain", body=code) if name == EXPLAIN_THIS else Stale()


def _control(event: Event) -> Plan:
    meant = read_control(str(event.data.get("custom_id", "")))
    values = [str(value) for value in event.data.get("values") or []]
    if meant is None:
        return Stale()
    match meant.verb:
        case Verb.RUN:
            return _run(meant.rest, event)
        case Verb.PICK:
            return _run(values[0], event) if values else Stale()
        case Verb.ADD:
            return _run(" ".join([meant.rest, *values]), event)
        case Verb.SHARE:
            command, args, _ = parse_line(meant.rest)
            return Run(command, args, ack=Ack.PUBLIC)
        case Verb.ASK:
            return Open(meant.verb, meant.rest, Run("answer", meant.rest))
        case Verb.CODE:
            return Open(meant.verb, meant.rest, Run("challenge", meant.rest))
        case Verb.SET:
            command, args, _ = parse_line(meant.rest.rpartition(" ")[0])
            return Open(meant.verb, meant.rest, Run(command, args))


def _run(line: str, event: Event) -> Run:
    """A command from a control; one that answers a question leaves the question in sight, at rest."""
    command, args, _ = parse_line(line)
    question = args.partition(" ")[0] if command == "answer" else ""
    return Run(command, args, ack=Ack.QUIET if question and event.private else Ack.PRIVATE, question=question)


def _form(event: Event) -> Plan:
    meant = read_form(str(event.data.get("custom_id", "")))
    if meant is None:
        return Stale()
    fields = list(filled_in(event.data.get("components") or []))
    command, args, _ = parse_line(meant.command)
    if command == "answer":
        ack = Ack.QUIET if event.private else Ack.PRIVATE
        return Run(command, args, body=answer_text(fields), ack=ack, question=args)
    if command == "submit":
        sent = files(event.data, [value for name, value in fields if name == "file"])
        code = next((value for name, value in fields if name == "code"), "")
        return Run(command, args, body="" if sent else code, files=sent)
    return Run(command, f"{args} {answer_text(fields)}".strip())


def form_from(cards: Iterable[Card], wanted: Open, opening: int) -> Form | None:
    """The form to open, when the cards hold what it is made from."""
    for card in cards:
        match card:
            case QuestionCard() if wanted.verb is Verb.ASK:
                return question_form(card, opening)
            case ChallengeCard() if wanted.verb is Verb.CODE:
                return code_form(card, opening)
            case FormCard() if wanted.verb is Verb.SET:
                field = next((field for field in card.fields if field.command == wanted.rest), None)
                return value_form(field, opening) if field else None
    return None


def rested(components: Iterable[dict[str, Any]], public_id: str) -> list[dict[str, Any]] | None:
    """The components of a message with one question's controls at rest; None when they cannot be sent again as they are."""
    made = [_rested(component, public_id) for component in components]
    return None if not made or any(map(_holds_a_file, made)) else made


def _rested(component: dict[str, Any], public_id: str) -> dict[str, Any]:
    inner = component.get("components")
    if inner is not None:
        return {**component, "components": [_rested(one, public_id) for one in inner]}
    meant = read_control(str(component.get("custom_id") or ""))
    mine = meant is not None and public_id in (meant.rest, *meant.rest.split(" ")[1:2])
    return {**component, "disabled": True} if mine else component


def _holds_a_file(component: dict[str, Any]) -> bool:
    """Files and pictures would have to be uploaded again."""
    return "file" in component or "items" in component or any(map(_holds_a_file, component.get("components", [])))
