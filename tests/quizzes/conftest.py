"""Tracks to test with: a small one with every kind, and the shipped ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quizzes.faults import Fault
from quizzes.items import Item, Track
from quizzes.load import load_track

SAMPLE = Path(__file__).parent / "sample_track"
SHIPPED = Path(__file__).parents[2] / "data" / "tracks" / "ai-machine-learning"


@pytest.fixture(scope="session")
def track() -> Track:
    """The sample track, which is without faults."""
    track, faults = load_track(SAMPLE)
    assert faults == []
    return track


@pytest.fixture(scope="session")
def shipped() -> Track:
    """The track we ship."""
    return load_track(SHIPPED)[0]


@pytest.fixture
def item(track: Track) -> Callable[[str], Item]:
    """Look up an item of the sample track that must be there."""

    def look_up(item_id: str) -> Item:
        found = track.item(item_id)
        assert found is not None
        return found

    return look_up


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., tuple[Track, list[Fault]]]:
    """Load a track with one section file, with the given text and optionally a track.toml."""

    def load(section: str, track_toml: str = "") -> tuple[Track, list[Fault]]:
        root = tmp_path / "made"
        (root / "quizzes").mkdir(parents=True, exist_ok=True)
        (root / "track.toml").write_text(track_toml or 'title = "T"\nsummary = "S"\n', encoding="utf-8")
        (root / "quizzes" / "one.toml").write_text(section, encoding="utf-8")
        return load_track(root)

    return load
