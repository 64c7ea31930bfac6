"""The fake of Slack in the hands of a small app of the real library: what people do there, and what they then see."""

from __future__ import annotations

import os

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes import slack_schema
from tests.fakes.slack_sample_app import client_of, connected, plain, question, sample_app, section
from tests.fakes.slack_server import FakeSlack, Seen


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own Slack or proxies comes in."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def told(seen: list[Seen]) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in seen]


async def test_a_command_shows_a_message_and_its_button_an_ephemeral() -> None:
    async with FakeSlack() as fake, connected(fake):
        asked = await fake.command("daily")
        answered = await fake.click(asked[0], "right", user="U2")
        assert told(asked + answered) == [("message", "daily"), ("ephemeral", "Right")]
        assert told(fake.seen_by("U1")) == [("message", "daily")]
        assert told(fake.seen_by("U2")) == [("message", "daily"), ("ephemeral", "Right")]
        assert [message.text for message in fake.messages("C1")] == ["daily"]
        assert fake.validated["message"] == 2
        assert max(fake.latencies) < 3


async def test_an_acknowledgement_can_carry_the_answer_for_one_person() -> None:
    async with FakeSlack() as fake, connected(fake):
        assert told(await fake.command("", name="/quick")) == [("ephemeral", "At once")]
        assert told(fake.seen_by("U2")) == []


async def test_a_response_url_replaces_and_removes_what_was_clicked() -> None:
    async with FakeSlack() as fake, connected(fake):
        asked = await fake.command("daily")
        private = await fake.click(asked[0], "right")
        assert told(await fake.click(private[0], "topic", value="nets")) == [("ephemeral", "You chose nets")]
        assert told(await fake.click(private[0], "replace")) == [("edit", "Answered")]
        assert told(await fake.click(asked[0], "count")) == [("edit", "1 answered")]
        assert told(await fake.click(asked[0], "remove", user="U2")) == [("delete", "1 answered")]
        assert fake.messages("C1") == []


async def test_nobody_clicks_what_is_not_there_for_them() -> None:
    async with FakeSlack() as fake, connected(fake):
        asked = await fake.command("daily")
        private = await fake.click(asked[0], "right")
        with pytest.raises(ValueError, match="U2 does not see"):
            await fake.click(private[0], "replace", user="U2")
        with pytest.raises(ValueError, match="there is no 'nowhere'"):
            await fake.click(asked[0], "nowhere")
        with pytest.raises(ValueError, match="'oceans' is not offered"):
            await fake.click(asked[0], "topic", value="oceans")


async def test_a_modal_opens_shows_errors_changes_and_closes() -> None:
    async with FakeSlack() as fake, connected(fake):
        asked = await fake.command("daily")
        opened = await fake.click(asked[0], "form")
        assert told(opened) == [("modal", "Submit")]
        wrong = await fake.submit_view(opened[0], {"code": "wrong"})
        assert wrong[0].errors == {"code": "That is not code."}
        assert told(await fake.submit_view(opened[0], {"code": "again"})) == [("modal_update", "Again")]
        file = fake.attach("a.py", b"x = 2").shown(fake.base)
        sent = await fake.submit_view(opened[0], {"code": "x = 2", "number": 7, "files": [file]}, shows=2)
        assert sorted(told(sent)) == [("message", "x = 2 7 1"), ("modal_close", "")]
        assert fake.modals("U1") == []
        assert [message.text for message in fake.messages("D1")] == ["x = 2 7 1"]


async def test_a_form_takes_only_what_its_inputs_take() -> None:
    async with FakeSlack() as fake, connected(fake):
        opened = await fake.shortcut("anywhere")
        for values, why in (
            ({"code": ""}, "filled in"),
            ({"number": 12}, "12"),
            ({"number": 1.5}, "1.5"),
            ({"nothing": 1}, "no inputs"),
        ):
            with pytest.raises(ValueError, match=why):
                await fake.submit_view(opened[0], values)
        with pytest.raises(ValueError, match="3001 characters"):
            await fake.submit_view(opened[0], {"code": "x" * 3001})


async def test_modals_lie_on_each_other_three_deep() -> None:
    async with FakeSlack() as fake, connected(fake):
        opened = await fake.shortcut("anywhere")
        second = await fake.click(opened[0], "push")
        third = await fake.submit_view(second[0], {"code": "deeper"})
        assert [view.title for view in fake.modals("U1")] == ["Submit", "Deeper", "Deeper"]
        fake.expect("push: a fourth modal")
        fourth = await fake.submit_view(third[0], {"code": "deeper"})
        assert told(fourth) == [("trouble", "push_limit_reached")]
        assert told(await fake.submit_view(third[0], {"code": "clear"})) == [("modal_close", "")]
        assert fake.modals("U1") == []


async def test_a_view_is_updated_only_for_the_state_it_was_meant_for() -> None:
    async with FakeSlack() as fake, connected(fake):
        opened = await fake.shortcut("anywhere")
        assert told(await fake.click(opened[0], "fresh")) == [("modal_update", "Fresh")]
        view = fake.modals("U1")[0]
        answer = await client_of(fake).api_call(
            "views.update", json={"view_id": view.id, "hash": view.hash, "view": view.content}
        )
        assert answer["ok"]
        assert told(await fake.close_view(view, shows=2)) == [("modal_close", ""), ("message", "Closed")]


async def test_a_shortcut_on_a_message_is_answered_below_it() -> None:
    async with FakeSlack() as fake, connected(fake):
        code = [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "1"}]}],
            }
        ]
        message = fake.write("print(1)", user="U2", blocks=code)
        ran = await fake.message_shortcut("run", message)
        assert told(ran) == [("message", "Ran print(1)")]
        assert [one.text for one in fake.messages("C1", message.ts)] == ["Ran print(1)"]


async def test_the_home_tab_is_its_owners_and_its_buttons_work() -> None:
    async with FakeSlack() as fake, connected(fake):
        assert told(await fake.open_home(user="U2")) == [("home", "")]
        view = fake.home("U2")
        assert view is not None
        assert fake.home("U1") is None
        assert told(await fake.click(view, "form", user="U2")) == [("modal", "Submit")]
        assert (fake.validated["home"], fake.validated["modal"]) == (1, 1)


async def test_a_file_goes_up_in_three_steps() -> None:
    async with FakeSlack() as fake, connected(fake):
        seen = await fake.command("upload")
        assert told(seen) == [("message", "Here")]
        assert [(file.name, file.content, file.done) for file in fake.world.files.values()] == [
            ("b.csv", b"a,b\n1,2\n", True)
        ]
        assert seen[0].message is not None
        assert [file["title"] for file in seen[0].message.files] == ["Board"]
        assert [name for name, _ in fake.calls if name.startswith("files.")] == [
            "files.getUploadURLExternal",
            "files.completeUploadExternal",
        ]


async def test_what_people_say_is_heard_where_the_app_is() -> None:
    async with FakeSlack() as fake, connected(fake):
        assert told(await fake.say("hello")) == [("message", "Heard hello")]
        assert told(await fake.say("help", channel="dm")) == [("message", "Heard help")]
        assert told(await fake.say("<@UBOT1> help", thread_ts=fake.messages("C1")[0].ts)) == [
            ("message", "Heard <@UBOT1> help")
        ]
        assert await fake.say("secret", channel="C2", shows=0) == []
        assert [message.text for message in fake.messages("C2")] == ["secret"]


async def test_metadata_stays_with_a_message_and_can_be_read_again() -> None:
    async with FakeSlack() as fake, connected(fake):
        await fake.command("daily")
        client = client_of(fake)
        found = (await client.conversations_history(channel="C1", include_all_metadata=True))["messages"]
        assert [message["metadata"] for message in found] == [{"event_type": "daily", "event_payload": {"key": "k1"}}]
        assert "metadata" not in (await client.conversations_history(channel="C1"))["messages"][0]


async def test_a_private_file_is_given_to_its_reader_alone() -> None:
    async with FakeSlack() as fake:
        file = fake.attach("a.py", b"x = 2")
        url = file.shown(fake.base)["url_private"]
        assert await fake.wire.fetch(url, {"Authorization": f"Bearer {fake.bot_token}"}) == (200, "x = 2")
        assert await fake.wire.fetch(url, {}) == (200, "<html>Sign in</html>")


SHAPES = {
    "slash_commands": "SlashCommandPayload", "block_actions": "BlockActionPayload", "view_submission": "ViewSubmissionPayload",
    "view_closed": "ViewClosedPayload", "message_action": "MessageShortcutPayload", "app_home_opened": "AppHomeOpenedPayload",
    "app_mention": "AppMentionPayload", "message": "MessagePayload",
}  # fmt: skip

# Real, but left out of the shapes: they hold no blocks of views and no message with a file.
REAL_TOO = {"view.blocks", "event.view.blocks", "event.subtype", "event.files"}


@pytest.mark.skipif(not slack_schema.available(), reason="no published shapes beside this checkout")
async def test_every_payload_has_only_keys_that_real_ones_have() -> None:
    async with FakeSlack() as fake, connected(fake):
        asked = await fake.command("daily")
        private = await fake.click(asked[0], "right")
        await fake.click(private[0], "topic", value="nets")
        opened = await fake.click(asked[0], "form")
        await fake.click(opened[0], "fresh")
        await fake.submit_view(opened[0], shows=2)
        await fake.close_view((await fake.click(asked[0], "form"))[0])
        await fake.message_shortcut("run", asked[0])
        await fake.open_home()
        await fake.click((await fake.open_home())[0], "form")
        await fake.say("<@UBOT1> hello", thread_ts=fake.messages("C1")[0].ts)
        await fake.say("hello", files=(fake.attach("a.py", b"x"),), blocks=[section("hello")])
        kinds: dict[str, set[str]] = {}
        for one in fake.wire.sent:
            kind = (one.payload.get("command") and "slash_commands") or one.payload.get("event", one.payload)["type"]
            strange = set(slack_schema.strange_keys(one.payload, slack_schema.shapes()[SHAPES[kind]]))
            kinds[kind] = kinds.get(kind, set()) | (strange - REAL_TOO)
        assert kinds == {kind: set() for kind in SHAPES}


async def test_the_answers_of_the_api_have_only_keys_that_real_ones_have() -> None:
    async with FakeSlack() as fake:
        client = client_of(fake)
        posted = await client.chat_postMessage(channel="C1", text="hello", blocks=question())
        answers = {
            "auth.test": await client.auth_test(),
            "chat.postMessage": posted,
            "chat.update": await client.chat_update(channel="C1", ts=posted["ts"], text="bye"),
            "chat.postEphemeral": await client.chat_postEphemeral(channel="C1", user="U1", text="psst"),
            "conversations.open": await client.conversations_open(users="U1"),
            "users.info": await client.users_info(user="U1", include_locale=True),
            "views.publish": await client.views_publish(user_id="U1", view={"type": "home", "blocks": question()}),
            "reactions.add": await client.reactions_add(channel="C1", timestamp=posted["ts"], name="seedling"),
        }
        assert [name for name, answer in answers.items() if not answer["ok"]] == []
        if slack_schema.available():
            strange = {
                name: slack_schema.strange_keys(answer.data, slack_schema.shapes()[name])
                for name, answer in answers.items()
            }
            assert strange == {name: [] for name in answers}


async def post_a_long_header(fake: FakeSlack) -> str:
    """The error that an impossible header is answered with."""
    async with fake:
        with pytest.raises(SlackApiError) as caught:
            await client_of(fake).chat_postMessage(
                channel="C1", text="x", blocks=[{"type": "header", "text": plain("x" * 151)}]
            )
        assert fake.messages("C1") == []
        return str(caught.value.response["error"])


async def test_an_invalid_message_is_refused_and_fails_the_test() -> None:
    with pytest.raises(AssertionError, match=r"unexpected faults: .*invalid: chat\.postMessage"):
        await post_a_long_header(FakeSlack())


async def test_an_invalid_message_that_was_announced_is_only_refused() -> None:
    fake = FakeSlack()
    fake.expect("invalid: chat.postMessage: .*header")
    assert await post_a_long_header(fake) == "invalid_blocks"


async def test_an_error_inside_the_block_is_not_hidden_by_the_faults() -> None:
    async def fail() -> None:
        async with FakeSlack() as fake:
            fake.world.fault("ack", "late")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()


async def test_an_announced_fault_has_to_come() -> None:
    with pytest.raises(AssertionError, match="expected but absent: \\['invalid'\\]"):
        async with FakeSlack() as fake:
            fake.expect("invalid")


async def test_an_app_that_does_nothing_leaves_a_person_waiting() -> None:
    async with FakeSlack(patience=0.2) as fake, connected(fake, sample_app(client_of(fake))):
        with pytest.raises(AssertionError, match="U1 was to see 2 things and saw"):
            await fake.command("", name="/quick", shows=2)
