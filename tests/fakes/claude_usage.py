"""How many tokens a request and an answer have, and how many of them come out of the cache: counted, never guessed.

Nobody outside knows the true tokens; these are a fixed function of the bytes, so that sums can be held against each other.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

BYTES_PER_TOKEN = 4
TURN_TOKENS = 4  # what a turn costs beside its text
FLOORS = {"claude-haiku-5-5": 512, "claude-haiku-4-5": 4096}  # shorter prefixes are not cached, and nobody is told
FLOOR = 1024


@dataclass(frozen=True)
class Bill:
    """What one answered request used, by model: tokens that were new, written to the cache for each time, read, and given out."""

    model: str
    fresh: int
    written_5m: int
    written_1h: int
    read: int
    output: int
    thinking: int = 0

    def usage(self) -> Json:
        """The same as the service writes it."""
        return {
            "input_tokens": self.fresh,
            "output_tokens": self.output,
            "cache_creation_input_tokens": self.written_5m + self.written_1h,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.written_5m,
                "ephemeral_1h_input_tokens": self.written_1h,
            },
            "output_tokens_details": {"thinking_tokens": self.thinking},
            "service_tier": "standard",
        }


def tokens(text: str) -> int:
    """Tokens of a text."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def request_tokens(body: Json) -> int:
    """Tokens of a whole request."""
    return sum(size for size, _, _ in _parts(body))


def output_tokens(content: list[Json] | None) -> tuple[int, int]:
    """Tokens of an answer, and how many of them are thinking."""
    blocks = content or []
    thinking = sum(tokens(str(b.get("thinking", ""))) for b in blocks)
    return thinking + sum(tokens(str(b.get("text", ""))) for b in blocks), thinking


class PrefixCache:
    """Remembers the prefixes that requests marked; a prefix is the same only when every byte and the model are."""

    def __init__(self) -> None:
        """Begin with nothing cached."""
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def bill(self, body: Json, content: list[Json] | None) -> Bill:
        """What a request with this answer used; its marked prefixes are cached from now on."""
        model = str(body["model"])
        total, marks = _prefixes(body)
        marks = [mark for mark in marks if mark[0] >= FLOORS.get(model, FLOOR)]
        with self._lock:
            read = max((size for size, key, _ in marks if key in self._known), default=0)
            self._known |= {key for _, key, _ in marks}
        written = {"5m": 0, "1h": 0}
        before = read
        for size, _, ttl in marks:
            if size > before:
                written[ttl] += size - before
                before = size
        output, thinking = output_tokens(content)
        return Bill(model, total - before, written["5m"], written["1h"], read, output, thinking)


def _prefixes(body: Json) -> tuple[int, list[tuple[int, str, str]]]:
    """All tokens, and for each mark the tokens up to it, the key of the bytes up to it, and how long it is to live."""
    digest, total, marks = hashlib.sha256(str(body["model"]).encode()), 0, []
    for size, text, mark in _parts(body):
        digest.update(text.encode() + b"\0")
        total += size
        if mark:
            marks.append((total, digest.hexdigest(), str(mark.get("ttl", "5m"))))
    return total, marks


def _parts(body: Json) -> Iterator[tuple[int, str, Json | None]]:
    """Every cacheable part in the order the service reads them: its tokens, its bytes, and its mark if it has one."""
    whole_mark = body.get("cache_control")
    output = body.get("output_config", {}).get("format")
    if output:
        text = json.dumps(output, sort_keys=True)
        yield tokens(text), text, None
    system = body.get("system", [])
    for block in [{"text": system}] if isinstance(system, str) else system:
        yield tokens(block["text"]), f"system:{block['text']}", block.get("cache_control")
    turns = body.get("messages", [])
    for number, turn in enumerate(turns):
        content = turn["content"]
        blocks = [{"text": content}] if isinstance(content, str) else content
        for place, block in enumerate(blocks):
            last = number == len(turns) - 1 and place == len(blocks) - 1
            text = str(block.get("text", json.dumps(block, sort_keys=True)))
            size = tokens(text) + (TURN_TOKENS if place == 0 else 0)
            yield size, f"{turn['role']}:{text}", block.get("cache_control") or (whole_mark if last else None)
