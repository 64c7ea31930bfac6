"""Conversations over a real socket: what people do in Slack, and what they then see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.platforms.slack.blocks import texts
from quizzes.items import Kind
from tests.bot.platforms.slack.conftest import Connect, Talk
from tests.fakes import slack_payloads as payloads
from tests.fakes.slack_server import Seen


def words(seen: Seen) -> str:
    """Everything somebody reads in one message."""
    return "\n".join(texts(list(seen.blocks)))


async def test_the_bare_command_shows_a_menu_to_whoever_typed_it(talk: Talk) -> None:
    (menu,) = await talk.fake.command("")
    assert (menu.kind, menu.users, words(menu).split("\n")[0]) == ("ephemeral", {"U1"}, "What would you like to do?")
    assert talk.buttons(menu)["Today’s questions"] == "do:0"


async def test_a_menu_button_is_the_command(talk: Talk) -> None:
    (menu,) = await talk.fake.command("menu")
    (shown,) = await talk.fake.click(menu, talk.buttons(menu)["Help"])
    assert "What you can do here" in words(shown)


async def test_an_unknown_word_is_helped_with(talk: Talk) -> None:
    (shown,) = await talk.fake.command("dalyi")
    assert "Did you mean /learn daily?" in words(shown)


async def test_a_question_is_private_and_its_answer_takes_its_place(talk: Talk) -> None:
    (asked,) = await talk.fake.command("daily")
    assert asked.kind == "ephemeral"
    done, question = await _answer_right(talk, asked)
    assert "Correct" in words(done)
    assert done.kind == "edit"
    assert [(a.question_id, a.correct) for a in await talk.attempts()] == [(question.id, True)]
    assert talk.fake.messages("C1") == []


async def _answer_right(talk: Talk, asked: Seen) -> tuple[Seen, Any]:
    """Answer a question with whatever control it has."""
    question = await asked_now(talk, asked)
    return await answered(talk, asked, question, talk.chat.right(question)), question


async def answered(talk: Talk, asked: Seen, question: Any, said: str) -> Seen:
    """Give an answer by the control that the question has, and see what comes of it."""
    kind, before = talk.chat.item(question).kind, len(talk.fake.seen_by("U1"))
    if kind is Kind.SINGLE:
        await talk.fake.click(asked, f"answer:{question.public_id}:{said}")
    elif kind is Kind.MULTI:
        await tick(talk, asked, question.public_id, said.split())
    else:
        form = (await talk.fake.click(asked, f"form:{question.public_id}"))[-1]
        await talk.fake.submit_view(form, fields(kind, said), shows=2)
    await talk.settled()
    return next(s for s in reversed(talk.fake.seen_by("U1")[before:]) if s.kind in ("edit", "ephemeral", "message"))


async def asked_now(talk: Talk, asked: Seen) -> Any:
    """The question that somebody is shown."""
    return next(q for q in await talk.questions() if q.public_id in json.dumps(list(asked.blocks)))


async def tick(talk: Talk, asked: Seen, public_id: str, letters: list[str]) -> None:
    """Tick boxes and press the button below; Slack sends the boxes along with the button."""
    fake, message = talk.fake, asked.message
    assert message is not None
    place = fake.world.channels[message.channel]
    block, element = fake._element(message.blocks, f"ticked:{public_id}")
    action = payloads.action(element, block["block_id"], None, fake.world.ts())
    ticked = {"type": "checkboxes", "selected_options": [{"value": letter} for letter in letters]}
    state = {f"ticks:{public_id}": {"tick": ticked}}
    payload = payloads.action_on_message(fake._who("U1", place, message), place, message, action, state)
    await fake._act("interactive", payload, "U1", place, 1, 1)


async def asked_of_kind(talk: Talk, kind: Kind) -> tuple[Seen, Any]:
    """Practise until a question of a kind is asked."""
    for item in [item for item in talk.chat.dispatcher.services.track.items if item.kind is kind]:
        for _ in range(6):
            (asked,) = await talk.fake.command(f"quiz {item.concept}")
            question = await asked_now(talk, asked)
            if talk.chat.item(question).kind is kind:
                return asked, question
            await talk.fake.command(f"answer {question.public_id} {talk.chat.right(question)}")
    raise AssertionError(f"the small course asks nothing of kind {kind}")


@pytest.mark.parametrize("kind", Kind)
async def test_every_kind_of_question_is_answered_by_its_controls(talk: Talk, kind: Kind) -> None:
    asked, question = await asked_of_kind(talk, kind)
    done = await answered(talk, asked, question, talk.chat.right(question))
    assert ("Thank you" if kind is Kind.SHORT else "Correct") in words(done)
    assert (await talk.attempts())[-1].question_id == question.id


async def test_nothing_ticked_is_told_and_counts_for_nothing(talk: Talk) -> None:
    asked, question = await asked_of_kind(talk, Kind.MULTI)
    before = len(await talk.attempts())
    await tick(talk, asked, question.public_id, [])
    assert "Tick at least one option first." in words(talk.fake.seen_by("U1")[-1])
    assert len(await talk.attempts()) == before


async def test_those_who_manage_the_workspace_set_up_its_group_and_others_do_not(talk: Talk) -> None:
    (saved,) = await talk.fake.command("group setup channel <#C1|garden>", user="U1")
    (refused,) = await talk.fake.command("group setup channel <#C1|garden>", user="U2")
    assert "Saved" in words(saved)
    assert "Not yours to change" in words(refused)


def fields(kind: Kind, said: str) -> dict[str, str]:
    """An answer, put into the fields of its form."""
    match kind:
        case Kind.FILL:
            return {f"blank.{n}": line for n, line in enumerate(said.split("\n"))}
        case Kind.ORDER:
            return {f"choice.{n}": letter for n, letter in enumerate(said.split())}
        case Kind.MATCH:
            return {f"{pair[:-1]}.0": pair[-1] for pair in said.split()}
        case Kind.BUG:
            return {"line.0": said.split()[0], "choice.0": said.split()[1]}
        case _:
            return {"text.0": said}


async def test_redelivery_does_nothing_twice(talk: Talk) -> None:
    shown = await talk.fake.command("daily", times=3)
    await talk.settled()
    assert [seen.kind for seen in talk.fake.seen_by("U1")] == ["ephemeral"]
    assert len(shown) == 1


async def test_a_control_of_somebody_elses_question_is_refused(talk: Talk) -> None:
    await talk.fake.command("daily", channel="C1")
    (question, *_) = await talk.questions()
    (told,) = await talk.fake.command(f"answer {question.public_id} A", user="U2")
    assert "was put to somebody else" in words(told)
    assert await talk.attempts("U2") == []


async def test_a_board_can_be_shared_once_and_only_by_whom_it_was_shown_to(talk: Talk) -> None:
    (board,) = await talk.fake.command("board")
    (shared, *_) = await talk.fake.click(board, talk.buttons(board)["Share with the channel"])
    assert (shared.kind, shared.users >= {"U1", "U2"}) == ("message", True)
    assert words(shared).startswith("ada shares:") or words(shared).startswith("Ada shares:")
    (told, *_) = await talk.fake.click(board, talk.buttons(board)["Share with the channel"])
    assert "Not shared" in words(told)


async def test_code_is_written_in_a_form_and_its_verdict_is_shown_where_it_was_opened(talk: Talk) -> None:
    (card,) = await talk.fake.command("challenge")
    (form,) = await talk.fake.click(card, talk.buttons(card)["Write your code"])
    assert form.view is not None
    (told,) = [s for s in await talk.fake.submit_view(form, {"code.0": " "}) if s.kind == "errors"]
    assert told.errors == {"code.0": "Type your code, or choose a file below."}
    seen = await talk.fake.submit_view(form, {"code.0": "def nothing():\n    return 1"}, shows=3)
    await talk.settled()
    assert seen[0].kind == "modal_update"
    verdict = next(s for s in talk.fake.seen_by("U1") if s.kind == "ephemeral" and "cases" in words(s).lower())
    assert "✗" in words(verdict)
    assert talk.fake.modals("U1")[-1].title == "Done"


async def test_code_sent_as_a_file_is_read_from_slack(talk: Talk) -> None:
    (card,) = await talk.fake.command("challenge")
    (form,) = await talk.fake.click(card, talk.buttons(card)["Write your code"])
    file = talk.fake.attach("mine.py", b"def nothing():\n    return 1\n")
    await talk.fake.submit_view(form, {"file.0": [file.shown(talk.fake.base)]}, shows=3)
    await talk.settled()
    slug = await talk.chat.store.focus(await talk.user_id())
    sources = [tried.source for tried in await talk.chat.store.submissions(await talk.user_id(), slug)]
    assert sources == ["def nothing():\n    return 1\n"]


async def test_submit_without_code_opens_the_form(talk: Talk) -> None:
    (form,) = await talk.fake.command("submit")
    assert (form.kind, form.view.title if form.view else "") == ("modal", "Your code")


async def test_the_home_tab_is_drawn_when_it_is_opened_and_after_an_answer(talk: Talk) -> None:
    (home,) = await talk.fake.open_home()
    assert home.kind == "home"
    (asked,) = await talk.fake.command("daily")
    await _answer_right(talk, asked)
    await talk.settled()
    assert [seen.kind for seen in talk.fake.seen_by("U1")].count("home") == 2


async def test_a_button_on_the_home_tab_answers_under_messages(talk: Talk) -> None:
    (home,) = await talk.fake.open_home()
    (asked,) = await talk.fake.click(home, "do:0")
    assert (asked.kind, asked.channel) == ("message", "D1")


async def test_a_message_to_us_alone_is_a_command_and_an_answer(talk: Talk) -> None:
    (asked,) = await talk.fake.say("daily", channel="dm")
    assert asked.kind == "message"
    question = next(q for q in await talk.questions() if q.public_id in json.dumps(list(asked.blocks)))
    (told,) = await talk.fake.say(talk.chat.right(question), channel="dm")
    assert "Correct" in words(told) or "Thank you" in words(told)


async def test_a_picture_comes_with_words_where_only_they_see_it(talk: Talk) -> None:
    seen = await talk.fake.command("progress", shows=2)
    assert {(s.kind, s.channel) for s in seen} == {("ephemeral", "C1"), ("message", "D1")}
    assert [file.alt_txt != "" for file in talk.fake.world.files.values()] == [True]


async def test_a_file_comes_where_only_its_owner_sees_it(talk: Talk) -> None:
    seen = await talk.fake.command("privacy export", shows=2)
    assert {(s.kind, s.channel) for s in seen} == {("ephemeral", "C1"), ("message", "D1")}
    [file] = talk.fake.world.files.values()
    assert file.name == "epochbot-my-data.json"


async def test_code_in_a_message_is_run_from_its_menu_and_answered_below_it(talk: Talk) -> None:
    await talk.fake.command("challenge")
    pre = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "def f():\n    return 1 < 2"}]}
    message = talk.fake.write("look", user="U2", blocks=[{"type": "rich_text", "elements": [pre]}])
    seen = await talk.fake.message_shortcut("run_snippet", message)
    await talk.settled()
    assert seen[0].message is not None
    assert seen[0].message.thread_ts == message.ts


async def test_a_message_without_code_is_told_so(talk: Talk) -> None:
    message = talk.fake.write("", user="U2")
    (told,) = await talk.fake.message_shortcut("run_snippet", message)
    assert "No code there" in words(told)


async def test_where_we_were_not_invited_answers_still_come(talk: Talk) -> None:
    (asked,) = await talk.fake.command("daily", channel="C2")
    assert (asked.kind, asked.channel) == ("ephemeral", "C2")


async def test_settings_are_chosen_from_menus_and_typed_into_forms(talk: Talk) -> None:
    (form,) = await talk.fake.command("settings")
    zone = next(e for b in form.blocks if b["type"] == "actions" for e in b["elements"] if "zone" in e.get("value", ""))
    (modal,) = await talk.fake.click(form, zone["action_id"])
    seen = await talk.fake.submit_view(modal, {"text.0": "Europe/Paris"}, shows=2)
    assert any("Europe/Paris" in words(s) for s in seen)


async def test_everything_is_acknowledged_well_within_its_time(talk: Talk) -> None:
    (menu,) = await talk.fake.command("")
    await talk.fake.click(menu, "do:8")
    await talk.fake.shortcut("daily")
    await talk.fake.event({"type": "reaction_added", "user": "U1"})
    assert len(talk.fake.latencies) == 4
    assert max(talk.fake.latencies) < 1.0


async def test_a_question_outlives_a_restart(connect: Connect) -> None:
    async with connect() as first:
        (asked,) = await first.fake.command("daily")
        chat = first.chat
    async with connect(chat=chat) as second:
        done, _ = await _answer_right(second, asked)
        assert "Correct" in words(done)
        assert len(await second.attempts()) == 1


async def test_people_and_the_workspace_keep_their_names_whatever_slack_sends_along(talk: Talk) -> None:
    (asked,) = await talk.fake.command("daily")
    talk.chat.clock.forward(seconds=30)  # an answer at once would earn nothing
    await _answer_right(talk, asked)
    await talk.fake.say("help", channel="dm")
    await talk.fake.open_home()
    await talk.settled()
    (board,) = await talk.fake.command("board")
    assert "Ada (you)" in words(board)
    assert [method for method, _ in talk.fake.calls].count("users.info") == 1
    (group,) = await talk.fake.command("group")
    assert words(group).startswith("Group: Garden club")


async def test_a_form_of_a_question_that_was_answered_meanwhile_shows_what_counted(talk: Talk) -> None:
    asked, question = await asked_of_kind(talk, Kind.NUMERIC)
    form = (await talk.fake.click(asked, f"form:{question.public_id}"))[-1]
    await talk.fake.command(f"answer {question.public_id} {talk.chat.right(question)}")
    await talk.fake.submit_view(form, {"text.0": "12345"}, shows=2)
    await talk.settled()
    assert any("Already answered" in words(seen) for seen in talk.fake.seen_by("U1")[-2:])
    assert len(await talk.attempts()) == len({attempt.question_id for attempt in await talk.attempts()})
