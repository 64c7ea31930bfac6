"""A learner's day on Discord, over real sockets with the real library: asked, answered by buttons and forms, graded, counted."""

from __future__ import annotations

import pytest

from quizzes.items import Kind


def control(message, verb: str) -> str:
    """The id of the first control that does something."""
    return next(c["custom_id"] for c in message.controls if f"|{verb}|" in c["custom_id"])


def values(kind: Kind, answer: str) -> dict[str, object]:
    """What one fills into the form of a question to give an answer."""
    words = answer.split()
    match kind:
        case Kind.MULTI:
            return {"choice": words}
        case Kind.MATCH:
            return {pair[:-1]: [pair[-1]] for pair in words}
        case Kind.BUG:
            return {"line": [words[0]], "choice": words[1]}
        case Kind.FILL:
            return {f"blank{n}": line for n, line in enumerate(answer.split("\n"), 1)}
        case _:
            return {"text": answer}


async def answer(on, seen, question, text: str, user):
    """Answer the question shown, as its controls let one."""
    kind = on.chat.item(question).kind
    if kind is Kind.SINGLE:
        return await on.fake.click(seen.messages[-1], text, user=user)
    form = await on.fake.click(seen.messages[-1], "Answer", user=user)
    return await on.fake.submit_modal(form, values(kind, text))


async def test_a_whole_day(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen = await on.fake.slash("daily", user=mia, channel=on.fake.channel)
        assert seen.message.ephemeral
        questions = await on.questions(mia)
        for n, question in enumerate(questions):
            text = on.chat.wrong(question) if n == 1 else on.chat.right(question)
            asked, seen = seen, await answer(on, seen, question, text, mia)
            await on.fake.until(
                lambda shown=asked.messages[-1]: all(c.get("disabled") for c in shown.controls)
            )  # it rests
            assert ("✅" in seen.text) or ("📝" in seen.text) or n == 1
            if n < len(questions) - 1:
                seen = await on.fake.click(
                    seen.messages[-1], f"Next question ({len(questions) - 1 - n} left)", user=mia
                )
        assert len(await on.attempts(mia)) == len(questions)
        assert (on.fake.messages(on.fake.channel), on.fake.faults) == ([], [])


@pytest.fixture
def slug(bank) -> str:
    """A challenge of the small course."""
    return next(iter(bank))


async def test_code_is_sent_from_the_editor_and_as_a_file(connect, bank, slug: str) -> None:
    challenge = bank[slug]
    wrong = challenge.wrong[0]
    async with connect() as on:
        mia = on.fake.person("Mia")
        shown = await on.fake.slash("challenge", {"name": slug}, user=mia, channel=on.fake.channel)
        form = await on.fake.click(shown.messages[-1], "Write your code", user=mia)
        assert form.modal["components"][0]["component"]["value"] == challenge.starter
        failed = await on.fake.submit_modal(form, {"code": wrong.source})
        assert "❌" in failed.text
        again = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel)
        assert again.modal["components"][0]["component"]["value"] == wrong.source.rstrip("\n") or again.modal
        by_form = await on.fake.submit_modal(again, {"file": [("solution.py", challenge.solution.encode())]})
        assert "Accepted" in by_form.text
        by_option = await on.fake.slash(
            "submit",
            {"challenge": slug, "file": ("s.py", challenge.solution.encode())},
            user=mia,
            channel=on.fake.channel,
        )
        assert "Accepted" in by_option.text
        assert [a.verdict for a in await on.attempts(mia)] == [wrong.verdict.value, "accepted", "accepted"]


async def test_settings_change_by_menu_and_by_form(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        form = await on.fake.slash("settings", user=mia, channel=on.fake.channel)
        menu = control(form.message, "add")
        saved = await on.fake.select(form.message, menu, ["4"], user=mia)
        assert "04:00" in saved.text
        opened = await on.fake.click(form.message, "Change", user=mia)
        assert "Europe/Paris" in (await on.fake.submit_modal(opened, {"text": "Europe/Paris"})).text


async def test_pictures_come_with_words_and_a_streak_can_be_shared(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen = await on.fake.slash("streak", user=mia, channel=on.fake.channel)
        assert [
            file["filename"].endswith(".png") and bool(file["description"]) for file in seen.message.attachments
        ] == [True]
        shared = await on.fake.click(seen.message, "Share", user=mia)
        assert ([m.ephemeral for m in shared.messages], [m.text for m in shared.messages]) == (
            [False],
            [seen.message.text],
        )
        assert all("Share" not in m.labels for m in shared.messages)


async def test_words_are_completed_while_they_are_typed(connect, bank) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        zones = await on.fake.autocomplete(
            "settings", "value", "berl", user=mia, channel=on.fake.channel, options={"what": "zone"}
        )
        challenges = await on.fake.autocomplete("challenge", "name", "", user=mia, channel=on.fake.channel)
        assert ([z["value"] for z in zones], {c["value"] for c in challenges}) == (["Europe/Berlin"], set(bank))


async def test_code_of_a_message_is_run_for_whoever_asks(connect, bank, slug: str) -> None:
    async with connect() as on:
        mia, ben = on.fake.person("Mia"), on.fake.person("Ben")
        await on.fake.slash("challenge", {"name": slug}, user=mia, channel=on.fake.channel)
        said = on.fake.say(on.fake.channel, ben, f"Does this work?\n```py\n{bank[slug].solution}\n```")
        seen = await on.fake.message_command("Run this code", said, user=mia)
        assert ("Accepted" in seen.text, seen.message.ephemeral) == (True, True)
        explained = await on.fake.message_command("Explain this error", said, user=ben)
        assert explained.message.ephemeral


async def test_learning_alone_needs_no_server(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia", installed=True)
        elsewhere, channel = await on.fake.add_guild("Elsewhere", has_bot=False)
        for where in (on.fake.world.dm(mia), channel):
            seen = await on.fake.slash("daily", user=mia, channel=where)
            assert "Question 1 of 5" in seen.text
        assert elsewhere.has_bot is False


async def test_a_visitor_sees_everything_in_five_messages(connect, shipped_track, shipped_bank) -> None:
    async with connect(chat={"track": shipped_track, "challenges": shipped_bank}) as on:
        mia = on.fake.person("Mia", installed=True)
        _, channel = await on.fake.add_guild("Elsewhere", has_bot=False)
        slug = next(iter(shipped_bank))
        code = "def f(x):\n    return x\n" + "# " + "x" * 4000
        seen = await on.fake.slash(
            "submit", {"challenge": slug, "file": ("s.py", code.encode())}, user=mia, channel=channel
        )
        assert 1 <= len(seen.messages) <= 6
