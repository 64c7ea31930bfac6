"""Every rule catches the fault it is for, alone, and lets the same payload pass without it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import slack_rules as rules
from tests.fakes import slack_schema
from tests.fakes.slack_checks import check_message, check_view
from tests.fakes.slack_world import Clock, RefusedError, World

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str = "a", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(block_id: str = "i", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "t", **more}
    return {"type": "input", "block_id": block_id, "label": plain("Code"), "element": element}


def message(*blocks: Json, text: str = "hello") -> Json:
    return {"text": text, "blocks": list(blocks)} if blocks else {"text": text}


def modal(*blocks: Json, submit: bool = True, title: str = "Submit") -> Json:
    whole: Json = {"type": "modal", "title": plain(title), "blocks": list(blocks)}
    return whole | ({"submit": plain("Send")} if submit else {})


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


def table(rows: int = 2, columns: int = 2, text: str = "x", kind: str = "table") -> Json:
    caption = {"caption": "Board"} if kind == "data_table" else {}
    return {"type": kind, "rows": [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)], **caption}


def chart(*series: tuple[str, str], categories: str = "ab") -> Json:
    data = [{"name": name, "data": [{"label": label, "value": 1} for label in labels]} for name, labels in series]
    axis = {"categories": list(categories)}
    return {"type": "data_visualization", "title": "XP", "chart": {"type": "bar", "series": data, "axis_config": axis}}


def options(many: int) -> list[Json]:
    return [{"text": plain(f"{n}"), "value": f"{n}"} for n in range(many)]


MARKDOWN = {"type": "markdown", "text": "m" * 6000}
ALERT = {"type": "alert", "text": plain("Mind")}
UPLOAD = {"type": "input", "label": plain("File"), "element": {"type": "file_input", "action_id": "f"}}
PICTURE = {"type": "image", "alt_text": "a chart", "image_url": "https://example.org/chart.png"}
LOCAL = PICTURE | {"image_url": "http://127.0.0.1:8080/chart.png"}
# A rule, a surface, a payload it finds fault with, and what it says; then a payload that is nearly the same, and fine.
CASES: list[tuple[rules.Rule, str, Json, str, Json]] = [
    (rules.known_blocks, "message", message({"type": "sectoin"}), "no block of type 'sectoin'", message(section())),
    (rules.right_surface, "message", message(ALERT), "message cannot hold a block of type 'alert'", message(section())),
    (rules.right_surface, "modal", modal(table()), "modal cannot hold a block of type 'table'", modal(section())),
    (rules.right_surface, "home", home(MARKDOWN), "home cannot hold a block of type 'markdown'", home(section())),
    (rules.not_too_many, "message", message(*[section()] * 51), "51 blocks", message(*[section()] * 50)),
    (rules.not_too_many, "modal", modal(*[section()] * 101), "101 blocks", modal(*[section()] * 100)),
    (rules.not_too_many, "home", home(*[section()] * 101), "101 blocks", home(*[section()] * 100)),
    (rules.unique_block_ids, "message", message(section(block_id="x"), section(block_id="x")), "'x' occurs 2 times",
     message(section(block_id="x"), section(block_id="y"))),
    (rules.unique_action_ids, "message", message(actions(button("a"), button("a"))), "'a' occurs 2 times",
     message(actions(button("a"), button("b")), actions(button("a")))),
    (rules.markdown_in_all, "message", message(MARKDOWN, MARKDOWN | {"text": "m" * 6001}), "12001 characters", message(MARKDOWN, MARKDOWN)),
    (rules.one_small_table, "message", message(table(), table(kind="data_table")), "2 tables", message(table())),
    (rules.one_small_table, "message", message(table(4, 4, "x" * 626)), "10016 characters", message(table(4, 4, "x" * 625))),
    (rules.one_small_table, "message", message(table() | {"rows": table(1, 2)["rows"] + table(1, 3)["rows"]}), "differ in length", message(table())),
    (rules.charts_are_whole, "message", message(chart(("s", "a"))), "one point per category", message(chart(("s", "ab")))),
    (rules.charts_are_whole, "message", message(chart(("s", "ba"))), "in their order", message(chart(("s", "ab")))),
    (rules.charts_are_whole, "message", message(chart(("s", "ab"), ("s", "ab"))), "series repeat", message(chart(("s", "ab"), ("t", "ab")))),
    (rules.two_charts, "message", message(*[chart(("s", "ab"))] * 3), "3 charts", message(*[chart(("s", "ab"))] * 2)),
    (rules.one_focus, "modal", modal(field("i", focus_on_load=True), field("j", focus_on_load=True)), "2 elements want the focus",
     modal(field("i", focus_on_load=True), field("j"))),
    (rules.inputs_need_submit, "modal", modal(field(), submit=False), "needs `submit`", modal(field())),
    (rules.files_in_modals, "message", message(UPLOAD), "message cannot hold a file_input", message(field())),
    (rules.files_in_modals, "home", home(UPLOAD), "home cannot hold a file_input", home(field())),
    (rules.fallback_text, "message", {"blocks": [section()]}, "needs `text`", message(section())),
    (rules.fallback_text, "message", message(text="x" * 40_001), "40001 characters", message(text="x" * 40_000)),
    (rules.sizes, "message", message(section("x" * 3001)), "section.text.text has length 3001", message(section("x" * 3000))),
    (rules.sizes, "message", message({"type": "section", "fields": [plain("x" * 2001)]}), "2001", message({"type": "section", "fields": [plain("x" * 2000)]})),
    (rules.sizes, "message", message({"type": "header", "text": plain("x" * 151)}), "length 151", message({"type": "header", "text": plain("x" * 150)})),
    (rules.sizes, "message", message(actions(button(text=plain("x" * 76)))), "button.text.text has length 76", message(actions(button(text=plain("x" * 75))))),
    (rules.sizes, "message", message(actions(button(value="x" * 2001))), "button.value has length 2001", message(actions(button(value="x" * 2000)))),
    (rules.sizes, "message", message(actions(*[button(f"{n}") for n in range(26)])), "actions.elements has length 26",
     message(actions(*[button(f"{n}") for n in range(25)]))),
    (rules.sizes, "message", message(actions(button("x" * 256))), "256 characters", message(actions(button("x" * 255)))),
    (rules.sizes, "message", message(actions({"type": "checkboxes", "options": options(11)})), "options has length 11",
     message(actions({"type": "checkboxes", "options": options(10)}))),
    (rules.sizes, "message", message(actions({"type": "overflow", "options": [{"text": plain("x" * 76), "value": "1"}]})), "text.text has length 76",
     message(actions({"type": "overflow", "options": [{"text": plain("x" * 75), "value": "1"}]}))),
    (rules.sizes, "modal", modal(section(), title="x" * 25), "modal.title.text has length 25", modal(section(), title="x" * 24)),
    (rules.sizes, "modal", modal(section()) | {"private_metadata": "x" * 3001}, "length 3001", modal(section()) | {"private_metadata": "x" * 3000}),
    (rules.view_size, "modal", modal(*[section("x" * 3000)] * 85), "bytes; 250000", modal(*[section("x" * 3000)] * 80)),
    (rules.public_images, "message", message(LOCAL), "cannot fetch", message(PICTURE)),
    (rules.text_objects, "message", message({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}), "header.text has to be plain_text",
     message({"type": "header", "text": plain("x")})),
    (rules.text_objects, "message", message(section("")), "empty mrkdwn", message(section())),
    (rules.has_blocks, "home", home(), "home needs blocks", home(section())),
    (rules.has_blocks, "modal", {"type": "modal", "blocks": [section()]}, "needs a title", modal(section())),
    (rules.has_blocks, "home", modal(section()), "not a home", home(section())),
    (rules.has_blocks, "message", message({"type": "section"}), "needs text or fields", message(section())),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "surface", "wrong", "says", "right"), CASES)
def test_a_rule_catches_its_fault_and_nothing_else(
    rule: rules.Rule, surface: str, wrong: Json, says: str, right: Json
) -> None:
    told = list(rule(wrong, surface))
    assert told != []
    assert says in told[0]
    assert told[0] in rules.faults(wrong, surface)
    assert list(rule(right, surface)) == []


def test_every_rule_has_a_case() -> None:
    assert {rule.__name__ for rule, *_ in CASES} == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize(("surface", "right"), [(surface, right) for _, surface, _, _, right in CASES])
def test_what_is_fine_is_fine_to_all_rules_and_is_left_as_it_was(surface: str, right: Json) -> None:
    before = deepcopy(right)
    assert rules.faults(right, surface) == []
    assert right == before


needs_schema = pytest.mark.skipif(not slack_schema.available(), reason="no published shapes beside this checkout")


@needs_schema
@pytest.mark.parametrize(("surface", "right"), [(surface, right) for _, surface, _, _, right in CASES])
def test_what_the_rules_let_pass_the_schema_lets_pass(surface: str, right: Json) -> None:
    assert slack_schema.faults(right, surface) == []


@needs_schema
def test_the_schema_names_a_fault_where_it_is() -> None:
    wrong = message(actions(button(), button("b", style="green")))
    assert slack_schema.faults(wrong, "message") == [
        "message/blocks/0/elements/1/style: 'green' is not one of ['primary', 'danger']"
    ]


@needs_schema
def test_the_rules_know_what_the_schema_leaves_to_them() -> None:
    said = slack_schema.cross_rules()
    assert len(said["cross"]) == 12  # ten are rules here; how long response_urls and triggers last is the server's
    assert {name: sorted(types) for name, types in rules.FORBIDDEN.items()} == said["surfaces_forbidden"]
    assert said["max_blocks"] == rules.MOST_BLOCKS


NAMES = st.sampled_from(
    ["type", "text", "blocks", "elements", "block_id", "action_id", "rows", "chart", "child_blocks", "slack_file"]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(ANY, ANY, ANY)
@settings(max_examples=60, deadline=None)
def test_whatever_comes_is_praised_or_refused_and_never_a_crash(text: Any, blocks: Any, view: Any) -> None:
    world = World(Clock())
    refused = 0
    for check in (
        lambda: check_message(world, "any", {"text": text, "blocks": blocks, "metadata": view}),
        lambda: check_view(world, "any", view, ("modal", "home")),
        lambda: check_view(world, "any", {"type": "modal", "title": text, "blocks": blocks}),
    ):
        try:
            check()
        except RefusedError:
            refused += 1
    assert len(world.faults) == refused
