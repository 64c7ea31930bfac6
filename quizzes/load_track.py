"""From `track.toml` to a Track's facts: title, outline of the curriculum, learning paths, projects. Reads no files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quizzes.faults import Faults, Table, twice
from quizzes.items import Heading, LearningPath, Project, Track

LEVELS = ("beginner", "intermediate", "advanced")


def read_facts(slug: str, data: Mapping[str, Any], faults: Faults) -> Track:
    """Read everything but the items; an unreadable file gives a track with its slug alone."""
    if not data:
        return Track(slug, slug)
    root = Table(data, "", faults)
    outline = tuple(h for row in root.tables("section") for h in _headings(row, faults))
    slugs = {heading.section for heading in outline}
    paths = [_path(row, slugs, faults) for row in root.tables("path")]
    projects = [_project(row, slugs, faults) for row in root.tables("project")]
    track = Track(
        slug=slug,
        title=root.text("title"),
        summary=root.text("summary").strip(),
        paths=tuple(path for path in paths if path),
        projects=tuple(project for project in projects if project),
        outline=outline,
    )
    root.close()
    for name in twice([path.slug for path in track.paths] + [project.slug for project in track.projects]):
        faults.add(name, "slug used twice among paths and projects; rename one")
    return track


def _headings(data: Mapping[str, Any], faults: Faults) -> list[Heading]:
    table = Table(data, f"section {data.get('slug', 'without slug')}", faults)
    slug = table.text("slug")
    rows = table.tables("heading")
    if not rows:
        table.fault("has no [[section.heading]]; name what it teaches")
    table.close()
    return [_heading(row, slug, faults) for row in rows]


def _heading(data: Mapping[str, Any], section: str, faults: Faults) -> Heading:
    table = Table(data, f"section {section}, heading {data.get('title', 'without title')}", faults)
    heading = Heading(
        title=table.text("title"), section=section, under=table.text("under", ""), bullets=table.texts("bullets", ())
    )
    table.close()
    return heading


def _path(data: Mapping[str, Any], slugs: set[str], faults: Faults) -> LearningPath | None:
    table = Table(data, f"path {data.get('slug', 'without slug')}", faults)
    path = LearningPath(
        slug=table.text("slug"),
        title=table.text("title"),
        months=table.text("months"),
        focus=table.text("focus"),
        skills=table.texts("skills"),
        prerequisites=table.text("prerequisites"),
        sections=table.texts("sections"),
    )
    _check_sections(path.sections, slugs, table)
    table.close()
    return path if table.sound else None


def _project(data: Mapping[str, Any], slugs: set[str], faults: Faults) -> Project | None:
    table = Table(data, f"project {data.get('slug', 'without slug')}", faults)
    project = Project(
        slug=table.text("slug"),
        title=table.text("title"),
        level=table.text("level"),
        summary=table.text("summary").strip(),
        sections=table.texts("sections", ()),
        challenges=table.texts("challenges", ()),
        instead_of=table.text("instead_of", "").strip(),
    )
    if project.level not in LEVELS:
        table.fault(f"unknown level {project.level!r}; choose one of {', '.join(LEVELS)}")
    _check_sections(project.sections, slugs, table)
    table.close()
    return project if table.sound else None


def _check_sections(named: tuple[str, ...], slugs: set[str], table: Table) -> None:
    for slug in named:
        if slug not in slugs:
            table.fault(f"unknown section {slug!r}; the track has {', '.join(sorted(slugs))}")
    for slug in twice(named):
        table.fault(f"section {slug!r} is named twice; keep one")
