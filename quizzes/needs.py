"""What must be learned before what: circles, and an order that respects needs. Knows only ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter


def cycles(needs: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """Find circles of needs: each begins and ends with the same concept. Separate circles are all found."""
    left = {name: set(wanted) & needs.keys() for name, wanted in needs.items()}
    rings: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            ring: list[str] = error.args[1][::-1]
            rings.append(ring)
            left = {name: wanted - set(ring) for name, wanted in left.items() if name not in ring}
        else:
            return rings


def in_order(wanted: Iterable[str], needs: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Name the wanted concepts in their order, each after everything it needs. Needs must be free of circles."""
    done: set[str] = set()
    for concept in wanted:
        yield from _with_needs(concept, needs, done)


def _with_needs(concept: str, needs: Mapping[str, tuple[str, ...]], done: set[str]) -> Iterator[str]:
    if concept in done:
        return
    done.add(concept)
    for need in needs.get(concept, ()):
        yield from _with_needs(need, needs, done)
    yield concept
