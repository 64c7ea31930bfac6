"""The folder drafts wait in: one file each with where it comes from and what it passed. Never among content, never over a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.drafting.gates import DraftItem, DraftWrong
from challenges.model import Challenge

REVIEW = "Not reviewed by a person yet: read it, correct it, and move it to its place yourself."


class FolderError(Exception):
    """Drafts cannot be kept there; the message says why, and where they can."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who drafted, and when."""

    author: str
    at: datetime

    def lines(self, about: str, passed: str) -> str:
        """The head of a draft's file."""
        said = (f"Draft by {self.author}, {self.at:%Y-%m-%d}, for {about}.", f"Passed: {passed}.", REVIEW)
        return "".join(f"# {line}\n" for line in said)


def check_folder(folder: Path, content: Path) -> None:
    """Make sure that drafts stay out of content.

    Raises:
        FolderError: the folder is content's, or within it.
    """
    if folder.resolve().is_relative_to(content.resolve()):
        raise FolderError(
            f"{folder} belongs to content, and drafts are not reviewed yet. Choose another folder: --to drafts."
        )


def keep_item(folder: Path, draft: DraftItem, origin: Origin) -> Path:
    """Write an item down.

    Raises:
        FolderError: there is such a draft already, or the folder cannot be written.
    """
    passed = f"reading, the linter, {draft.executed} claimed outputs executed"
    head = origin.lines(f"the concept {draft.item.concept}", passed)
    return _write(folder / draft.item.section / f"{draft.item.id}.toml", f"{head}{draft.text}\n")


def keep_wrong(folder: Path, challenge: Challenge, draft: DraftWrong, origin: Origin) -> Path:
    """Write a wrong solution down, with what belongs into challenge.toml above it.

    Raises:
        FolderError: there is such a draft already, or the folder cannot be written.
    """
    wrong = draft.wrong
    passed = f"its verdict in {draft.gradings} gradings, and it answers like no other"
    entry = (
        "[[wrong]]",
        f'file = "wrong/{wrong.name}.py"',
        f'verdict = "{wrong.verdict}"',
        f'misconception = "{wrong.misconception}"',
        f"explanation = {_quoted(wrong.explanation)}",
    )
    head = origin.lines(f"the challenge {challenge.slug}", passed)
    text = head + "#\n" + "".join(f"# {line}\n" for line in entry) + "\n" + wrong.source
    return _write(folder / challenge.slug / f"{wrong.name}.py", text)


def _quoted(text: str) -> str:
    """A text as TOML writes it on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write(file: Path, text: str) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise FolderError(f"there is a draft of that name already: {file}") from None
    except OSError as fault:
        raise FolderError(f"{file} cannot be written: {fault.strerror}") from None
    return file
