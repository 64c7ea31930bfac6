"""From a track's folder to a Track, with all faults at once. The only module here that reads files.

Broken items, concepts and paths are left out of the Track, so whoever holds one can trust it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from quizzes.faults import Fault, Faults, Table, twice
from quizzes.items import Concept, Item, Section, Track
from quizzes.load_items import read_item
from quizzes.load_track import read_facts
from quizzes.needs import cycles


def load_track(path: Path) -> tuple[Track, list[Fault]]:
    """Read `track.toml` and `quizzes/*.toml` below a track's folder; never raises on bad content."""
    found: list[Fault] = []
    facts = Faults("track.toml")
    track = read_facts(path.name, _parsed(path / "track.toml", facts), facts)
    sections = []
    for file in sorted((path / "quizzes").glob("*.toml")):
        faults = Faults(f"quizzes/{file.name}")
        data = _parsed(file, faults)
        section = _section(data, file.stem, faults) if data else None
        if section:
            sections.append(section)
        found += faults.found
    joined = _joined(sorted(sections, key=lambda s: (s.order, s.slug)), found)
    _check_against_outline(joined, track, found)
    return replace(track, sections=tuple(joined)), sorted([*facts.found, *found])


def _parsed(file: Path, faults: Faults) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        faults.add("", f"is not valid TOML: {error}; repair that line")
    except UnicodeDecodeError as error:
        faults.add("", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
    except FileNotFoundError:
        faults.add("", "is missing; every track has one")
    except OSError as error:
        faults.add("", f"cannot be read: {error.strerror}; check its permissions")
    except RecursionError:
        faults.add("", "nests too deeply; flatten its lists")
    return {}


def _section(data: Mapping[str, Any], stem: str, faults: Faults) -> Section:
    root = Table(data, "", faults)
    head = Table(root.table("section"), "section", faults)
    section = Section(
        slug=head.text("slug"), title=head.text("title"), headings=head.texts("headings"), order=head.whole("order")
    )
    head.close()
    if section.slug and section.slug != stem:
        faults.add("section", f"`slug` is {section.slug!r} but the file is {stem}.toml; make them the same")
    concepts = tuple(filter(None, (_concept(row, faults) for row in root.tables("concept"))))
    items = tuple(filter(None, (read_item(row, stem, faults) for row in root.tables("item"))))
    root.close()
    return replace(section, slug=stem, concepts=concepts, items=items)


def _concept(data: Mapping[str, Any], faults: Faults) -> Concept | None:
    table = Table(data, f"concept {data.get('id', 'without id')}", faults)
    concept = Concept(table.text("id"), table.text("title"), table.texts("needs", ()))
    table.close()
    return concept if table.sound else None


def _joined(sections: list[Section], found: list[Fault]) -> list[Section]:
    """Check what only shows across files, and leave out what does not hold together."""
    _note_twice(sections, found)
    known = {concept.id for section in sections for concept in section.concepts}
    needs = {concept.id: concept.needs for section in sections for concept in section.concepts}
    for ring in cycles(needs):
        home = next(s for s in sections if any(c.id == ring[0] for c in s.concepts))
        message = f"concepts need each other in a circle: {' → '.join(ring)}; drop one `needs`"
        found.append(Fault(_file(home), f"concept {ring[0]}", message))
    circular = {concept for ring in cycles(needs) for concept in ring}
    return _without_duplicates([_kept(section, known, circular, found) for section in sections])


def _kept(section: Section, known: set[str], circular: set[str], found: list[Fault]) -> Section:
    concepts = tuple(_with_known_needs(c, section, known, circular, found) for c in section.concepts)
    items = []
    for item in section.items:
        if item.concept in known:
            items.append(item)
        else:
            message = f"unknown concept {item.concept!r}; add a [[concept]] for it or use one that exists"
            found.append(Fault(_file(section), item.id, message))
    return replace(section, concepts=concepts, items=tuple(items))


def _with_known_needs(
    concept: Concept, section: Section, known: set[str], circular: set[str], found: list[Fault]
) -> Concept:
    for need in concept.needs:
        if need not in known:
            message = f"needs {need!r}, which no section introduces; correct the id or drop it"
            found.append(Fault(_file(section), f"concept {concept.id}", message))
    dropped = circular if concept.id in circular else set()
    return replace(concept, needs=tuple(n for n in concept.needs if n in known and n not in dropped))


def _note_twice(sections: list[Section], found: list[Fault]) -> None:
    for what, pick in (("item", _item_ids), ("concept", _concept_ids)):
        homes = [(name, section) for section in sections for name in pick(section)]
        for name in set(twice(name for name, _ in homes)):
            files = ", ".join(sorted({_file(section) for home, section in homes if home == name}))
            label = name if what == "item" else f"concept {name}"
            last = [section for home, section in homes if home == name][-1]
            found.append(Fault(_file(last), label, f"{what} id used twice (in {files}); ids are unique, rename one"))


def _item_ids(section: Section) -> list[str]:
    return [item.id for item in section.items]


def _concept_ids(section: Section) -> list[str]:
    return [concept.id for concept in section.concepts]


def _without_duplicates(sections: list[Section]) -> list[Section]:
    seen: set[str] = set()
    kept = []
    for section in sections:
        items = tuple(item for item in section.items if _first(f"item {item.id}", seen))
        concepts = tuple(concept for concept in section.concepts if _first(f"concept {concept.id}", seen))
        kept.append(replace(section, items=items, concepts=concepts))
    return kept


def _first(name: str, seen: set[str]) -> bool:
    fresh = name not in seen
    seen.add(name)
    return fresh


def _check_against_outline(sections: list[Section], track: Track, found: list[Fault]) -> None:
    planned: dict[str, set[str]] = {}
    for heading in track.outline:
        planned.setdefault(heading.section, set()).update({heading.title, heading.under} - {""})
    order = {slug: place for place, slug in enumerate(planned, 1)}
    for section in sections:
        if not planned:
            continue
        if section.slug not in planned:
            found.append(Fault(_file(section), "section", "is not in track.toml; add a [[section]] there or rename it"))
            continue
        if section.order != order[section.slug]:
            message = f"`order` is {section.order}, but track.toml lists it as number {order[section.slug]}"
            found.append(Fault(_file(section), "section", message))
        for name in set(section.headings) - planned[section.slug]:
            known = "; ".join(sorted(planned[section.slug]))
            message = f"heading {name!r} is not one of this section in track.toml: {known}"
            found.append(Fault(_file(section), "section", message))


def _file(section: Section) -> str:
    return f"quizzes/{section.slug}.toml"


def file_of(item: Item) -> str:
    """Name the file an item lives in, as faults do."""
    return f"quizzes/{item.section}.toml"
