from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.faults import Fault, Faults, Table
from quizzes.items import Kind, Tolerance, Track, WrongPath
from quizzes.lint import lint
from quizzes.load import load_track
from quizzes.load_items import read_item

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "data" / "tracks" / "ai-machine-learning"
CURRICULUM = ROOT.parent / "shared" / "curriculum" / "ai-machine-learning.md"

HEAD = '[section]\nslug = "one"\ntitle = "One"\nheadings = ["H"]\norder = 1\n'
CONCEPT = '[[concept]]\nid = "c"\ntitle = "C"\n'
ITEM = """
[[item]]
id = "i-01"
concept = "c"
kind = "single"
difficulty = 1
source = "H"
prompt = "What?"
answer = "this"
explanation = "Because."
[[item.option]]
text = "that"
misconception = "that-one"
feedback = "No."
[[item.option]]
text = "other"
misconception = "other-one"
feedback = "Neither."
"""
GOOD = HEAD + CONCEPT + ITEM


def messages(faults: list[Fault]) -> list[str]:
    return [f"{fault.item}: {fault.message}" for fault in faults]


def test_a_good_file_gives_a_track_without_faults(write):
    track, faults = write(GOOD)
    assert faults == []
    assert (track.slug, track.title, [item.id for item in track.items]) == ("made", "T", ["i-01"])
    assert track.item("i-01").section == "one"


def test_look_ups_find_what_is_there_and_nothing_else(track: Track):
    assert track.item("loop-bug-01").kind is Kind.BUG
    assert track.concept("precision").needs == ("splitting",)
    assert track.section("models").order == 2
    assert track.section_of("shapes").slug == "models"
    assert track.path("whole").sections == ("basics", "models")
    assert track.projects[0].challenges == ("some-challenge",)
    assert (track.item("x"), track.concept("x"), track.section("x"), track.section_of("x"), track.path("x")) == (
        None,
    ) * 5


def test_every_body_is_read_with_its_wrong_answers(track: Track):
    numeric = track.item("precision-numeric-01").body
    assert (numeric.generator, numeric.tolerance, [path.when for path in numeric.wrong]) == (
        "confusion_precision",
        Tolerance(rel=0.01),
        ["recall", "accuracy_like"],
    )
    assert track.item("split-order-01").body.either == ((1, 2),)
    assert track.item("loop-fill-01").body.wrong == (
        WrongPath(
            answer="max(x)",
            blank=2,
            misconception="scales-by-max",
            feedback="Dividing by the largest value scales the sum; a mean divides by the count.",
        ),
    )
    assert track.item("loop-bug-01").code.startswith("def mean(x):\n")
    assert track.item("precision-short-01").body.rubric[0].keywords == ("majority", "constant")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('kind = "single"', 'kind = "singel"', "i-01: unknown kind 'singel'; choose one of single, multi"),
        ('kind = "single"', "", "i-01: `kind` is missing"),
        ("difficulty = 1", "difficulty = 4", "i-01: `difficulty` is 4; it goes from 0"),
        (
            "difficulty = 1",
            'difficulty = "1"',
            "i-01: `difficulty` must be a whole number without quotes, not a text ('1')",
        ),
        (
            "difficulty = 1",
            "difficulty = true",
            "i-01: `difficulty` must be a whole number without quotes, not true/false",
        ),
        ("difficulty = 1", "dificulty = 1", "i-01: unknown key `dificulty`; did you mean `difficulty`?"),
        ("difficulty = 1", "difficulty = 1\nzzz = 1", "i-01: unknown key `zzz`; known here: answer, code, concept"),
        ('prompt = "What?"', 'prompt = " "', "i-01: `prompt` is empty; write its text"),
        ('answer = "this"', "answer = 3", "i-01: `answer` must be a text in quotes, not a whole number ('3')"),
        ('answer = "this"', "", "i-01: `answer` is missing; it must be a text in quotes"),
        ('feedback = "No."', "", "i-01, option 'that': `feedback` is missing"),
        ('misconception = "that-one"', "", "i-01, option 'that': `misconception` is missing"),
        ('feedback = "No."', 'feedback = "No."\nwhy = "x"', "i-01, option 'that': unknown key `why`"),
        ('source = "H"', 'source = "H"\nprofile = "gpu"', "i-01: unknown profile 'gpu'; choose one of stdlib, numpy"),
        ('id = "i-01"', "", "item without id (What?): `id` is missing"),
        ('concept = "c"', 'concept = "d"', "i-01: unknown concept 'd'; add a [[concept]]"),
        ('title = "C"', 'title = "C"\nneeds = ["zz"]', "concept c: needs 'zz', which no section introduces"),
        ('title = "C"', 'title = "C"\nneeds = ["c"]', "concept c: concepts need each other in a circle: c → c"),
        ('title = "C"', "", "concept c: `title` is missing"),
        ('title = "C"', 'title = "C"\nneeds = "zz"', "concept c: `needs` must be a list of texts"),
        ('slug = "one"', 'slug = "two"', "section: `slug` is 'two' but the file is one.toml"),
        ("order = 1", "order = 1.5", "section: `order` must be a whole number without quotes, not a number"),
        ('headings = ["H"]', "headings = []", "section: `headings` is an empty list"),
        ("[[concept]]", "[concept]", ": `concept` must be written as [[concept]] tables, not a table"),
    ],
)
def test_each_fault_says_where_and_what_to_do(write, old, new, expected):
    assert old in GOOD
    _, faults = write(GOOD.replace(old, new, 1))
    assert [m for m in messages(faults) if m.startswith(expected)], messages(faults)


def test_all_faults_come_at_once_and_the_broken_item_is_left_out(write):
    broken = ITEM.replace("difficulty = 1", 'difficulty = "x"').replace('source = "H"', "").replace("i-01", "i-02")
    track, faults = write(GOOD + broken)
    assert [item.id for item in track.items] == ["i-01"]
    assert messages(faults) == [
        "i-02: `difficulty` must be a whole number without quotes, not a text ('x')",
        "i-02: `source` is missing; it must be a text in quotes",
    ]
    assert {fault.file for fault in faults} == {"quizzes/one.toml"}


def test_a_syntax_error_is_a_fault_with_its_line(write):
    track, faults = write(GOOD + "\nthis is not toml\n")
    assert track.items == ()
    assert re.fullmatch(r"quizzes/one.toml: is not valid TOML: .*line 28.*; repair that line", str(faults[0]))


@pytest.mark.parametrize(("name", "content"), [("bad", b"\xff\xfe"), ("deep", b"a = " + b"[" * 30_000)])
def test_bytes_that_are_no_toml_are_a_fault(tmp_path, name, content):
    (tmp_path / "quizzes").mkdir()
    (tmp_path / "quizzes" / f"{name}.toml").write_bytes(content)
    (tmp_path / "track.toml").write_text('title = "T"\nsummary = "S"', encoding="utf-8")
    track, faults = load_track(tmp_path)
    assert (track.sections, [fault.file for fault in faults]) == ((), [f"quizzes/{name}.toml"])


def test_a_missing_folder_is_a_fault_not_an_exception(tmp_path):
    track, faults = load_track(tmp_path / "nowhere")
    assert (track.slug, faults) == ("nowhere", [Fault("track.toml", "", "is missing; every track has one")])


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path):
    (tmp_path / "track.toml").mkdir()
    assert "cannot be read" in load_track(tmp_path)[1][0].message


def test_ids_used_twice_are_a_fault_and_the_first_stays(write):
    track, faults = write(GOOD + ITEM.replace("What?", "Again?") + CONCEPT)
    assert messages(faults) == [
        "concept c: concept id used twice (in quizzes/one.toml); ids are unique, rename one",
        "i-01: item id used twice (in quizzes/one.toml); ids are unique, rename one",
    ]
    assert [item.prompt for item in track.items] == ["What?"]
    assert len(track.concepts) == 1


def test_circles_are_cut_so_that_the_track_can_be_walked(write):
    text = (
        HEAD + '[[concept]]\nid = "a"\ntitle = "A"\nneeds = ["b"]\n[[concept]]\nid = "b"\ntitle = "B"\nneeds = ["a"]\n'
    )
    track, faults = write(text)
    assert len(faults) == 1
    assert [concept.needs for concept in track.concepts] == [(), ()]


TRACK_TOML = """
title = "T"
summary = "S"
[[section]]
slug = "other"
[[section.heading]]
title = "X"
[[section]]
slug = "one"
[[section.heading]]
title = "H2"
bullets = ["b"]
[[path]]
slug = "p"
title = "P"
months = "1"
focus = "f"
skills = ["s"]
prerequisites = "none"
sections = ["one", "nowhere", "one"]
[[project]]
slug = "q"
title = "Q"
level = "expert"
summary = "s"
"""


def test_a_track_and_its_files_must_agree(write):
    track, faults = write(GOOD, TRACK_TOML)
    assert messages(faults) == [
        "section: `order` is 1, but track.toml lists it as number 2",
        "section: heading 'H' is not one of this section in track.toml: H2",
        "path p: section 'one' is named twice; keep one",
        "path p: unknown section 'nowhere'; the track has one, other",
        "project q: unknown level 'expert'; choose one of beginner, intermediate, advanced",
    ]
    assert (track.paths, track.projects) == ((), ())


def test_sections_without_headings_and_slugs_used_twice_are_faults(write):
    text = TRACK_TOML.replace('[[section.heading]]\ntitle = "X"\n', "")
    text = (
        text.replace('["one", "nowhere", "one"]', '["one"]')
        .replace("expert", "beginner")
        .replace('slug = "q"', 'slug = "p"')
    )
    _, faults = write(GOOD.replace('"H"', '"H2"'), text)
    assert messages(faults) == [
        "p: slug used twice among paths and projects; rename one",
        "section other: has no [[section.heading]]; name what it teaches",
    ]


def test_a_file_outside_the_outline_is_a_fault(write):
    _, faults = write(
        GOOD, TRACK_TOML.replace('slug = "one"', 'slug = "two"').replace('["one", "nowhere", "one"]', '["two"]')
    )
    assert "section: is not in track.toml; add a [[section]] there or rename it" in messages(faults)


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("numeric", "", "`answer` is missing"),
        ("numeric", "answer = nan", "`answer` must be a finite number"),
        ("numeric", "answer = true", "`answer` must be a number without quotes"),
        ("numeric", 'generator = "mae"\nanswer = 1', "has both `generator` and `answer`"),
        ("numeric", "answer = 1\ntolerance = { rel = -1 }", "`tolerance` must not be negative"),
        ("numeric", "answer = 1\ntolerance = { relative = 1 }", "unknown key `relative`"),
        ("numeric", "answer = 1\ntolerance = 0.1", "`tolerance` must be a table"),
        (
            "numeric",
            'answer = 1\n[[item.wrong]]\nmisconception = "m"\nfeedback = "f"',
            "`answer` is missing; it must be a number or a text",
        ),
        ("output", 'answer = "1"', "`code` is missing; a output item shows some"),
        ("fill", 'code = "__1__"\nblanks = ["x"]', "`blanks` must be a list of lists of texts"),
        ("order", 'steps = ["a", 1]', "`steps` must be a list of texts"),
        ("order", 'steps = ["a", "b"]\neither = [[0, 1, 2]]', "`either` holds pairs of neighbours"),
        ("order", 'steps = ["a", "b"]\neither = [["0", "1"]]', "`either` must be a list of lists of whole numbers"),
        ("match", 'pairs = [["a"]]', "`pairs` holds pairs of texts"),
        ("bug", 'code = "x"\nline = "1"\nanswer = "a"', "`line` must be a whole number"),
        ("short", 'model_answer = "m"\n[[item.rubric]]\npoint = "p"\nkeywords = []', "`keywords` is an empty list"),
        ("short", 'model_answer = "m"\nrubric = [1]', "`rubric` must be written as [[rubric]] tables"),
    ],
)
def test_each_kind_is_strict_about_its_fields(write, kind, fields, expected):
    head = ITEM.split('answer = "this"')[0].replace('"single"', f'"{kind}"') + 'explanation = "Because."\n'
    track, faults = write(HEAD + CONCEPT + head + fields)
    assert [m for m in messages(faults) if expected in m], messages(faults)
    assert track.items == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = """id concept kind difficulty source prompt explanation code profile quarantined answer answers option generator
tolerance unit wrong blanks check steps distractors either pairs spare line rubric model_answer"""


@given(st.dictionaries(st.sampled_from(KEYS.split()), JSON), st.sampled_from([*Kind, "other"]))
def test_no_table_makes_the_reader_raise(data, kind):
    faults = Faults("f.toml")
    item = read_item({**data, "kind": str(kind)}, "s", faults)
    assert (item is None) == bool(faults.found)


def test_a_table_reports_every_unknown_key():
    faults = Faults("f")
    table = Table({"a": 1, "b": 2}, "t", faults)
    table.close()
    assert sorted(messages(faults.found)) == ["t: unknown key `a`; known here: ", "t: unknown key `b`; known here: "]


def test_the_shipped_track_loads_without_faults():
    track, faults = load_track(SHIPPED)
    assert [str(fault) for fault in faults] == []
    assert [len(track.paths), len(track.projects), len({h.section for h in track.outline})] == [4, 12, 21]
    assert [section.slug for section in track.sections] == list(dict.fromkeys(h.section for h in track.outline))
    assert {project.level for project in track.projects} == {"beginner", "intermediate", "advanced"}


def test_the_shipped_track_keeps_the_writing_standard():
    track, _ = load_track(SHIPPED)
    assert [str(fault) for fault in lint(track)] == []


def test_challenges_named_by_projects_exist():
    track, _ = load_track(SHIPPED)
    there = {folder.name for folder in (SHIPPED / "challenges").iterdir()}
    assert {slug for project in track.projects for slug in project.challenges} - there == set()


@pytest.mark.skipif(not CURRICULUM.exists(), reason="the curriculum is not beside the project")
def test_the_outline_has_every_heading_and_bullet_of_the_curriculum():
    track, _ = load_track(SHIPPED)
    outline = {(h.under, h.title): h.bullets for h in track.outline}
    headings = _curriculum(CURRICULUM.read_text(encoding="utf-8"))
    above = {under for under, _ in outline}
    assert {key: bullets for key, bullets in headings.items() if key[1] not in above} == outline


def _curriculum(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    parent, key = "", ("", "")
    for line in re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines():
        if heading := re.match(r"(##+) (.*?)(?: \([0-9-]+ months\))?$", line):
            parent = heading[2] if heading[1] == "##" else parent
            key = ("" if heading[1] == "##" else parent, heading[2])
            found[key] = ()
        elif key[1] and (bullet := re.match(r"\s*(?:-|\d+\.|\|(?= \*\*)) (.*)", line)):
            found[key] += (_term(bullet[1]),)
    return found


def _term(bullet: str) -> str:
    bold = re.match(r"\*\*(.*?)\*\*", bullet)
    plain = re.match(r"([A-Z][\w ]*): ", bullet)
    return bold[1] if bold else plain[1] if plain else bullet
