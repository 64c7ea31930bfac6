"""Everything that is known about a learner as one JSON file, readable without us. Pure."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cards import FileCard

NAME = "epochbot-my-data.json"
LARGEST = 8_000_000  # bytes; chats refuse files not much larger, so what is more is packed
ABOUT = (
    "Everything Epochbot keeps about you, table by table as it is in its database. Times are milliseconds since 1970 in UTC,"
    " days are those of your own calendar. Where a row concerns another learner too, they are “someone else”. Empty tables"
    " show what could be kept and is not."
)


def export_card(tables: Mapping[str, list[dict[str, Any]]], at: datetime) -> FileCard:
    """The file to send; packed by gzip where it would be too large for a chat."""
    told = {"about": ABOUT, "made_at": at.isoformat(timespec="seconds"), "tables": tables}
    content = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    rows = sum(map(len, tables.values()))
    note = (
        f"Everything kept about you: {rows:,} rows, as text that any editor shows. Keep it where only you can read it."
    )
    if len(content) <= LARGEST:
        return FileCard(name=NAME, content=content, note=note)
    return FileCard(name=f"{NAME}.gz", content=gzip.compress(content, mtime=0), note=f"{note} It is packed with gzip.")
