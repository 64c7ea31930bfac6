"""From a scene to the page of a platform, by the platform's own rendering. Pure."""

from __future__ import annotations

from bot.cards import ChallengeCard, QuestionCard
from bot.platforms.discord import forms as discord_forms
from bot.platforms.discord.parts import Message
from bot.platforms.discord.plans import rested
from bot.platforms.discord.render import render
from bot.platforms.slack import forms as slack_forms
from bot.platforms.slack.messages import messages, pictures
from bot.platforms.slack.questions import asked
from tests.gallery import discord_view, slack_view
from tests.gallery.day import Scene
from tests.gallery.page import page, post

ORIGIN = slack_forms.Origin("T1", "U1", "Mia", channel="D1", private=True)


def on_discord(scene: Scene) -> str:
    """What somebody on Discord sees."""
    if scene.form is not None:
        return page("discord", discord_view.form(_discord_form(scene.form)))
    posts = []
    if scene.asked is not None:  # the buttons of an answered question rest, in its own message
        for message in render((scene.asked,)):
            still = Message(tuple(rested(message.components, scene.asked.public_id) or ()), message.files)
            posts.append(post(discord_view.message(still)))
    used = "" if scene.asked else "/" + scene.said.split(" ")[0]
    for n, message in enumerate(render(scene.cards, scene.said)):
        posts.append(post(discord_view.message(message), used="" if n else used))
    return page("discord", "".join(posts))


def _discord_form(card: QuestionCard | ChallengeCard) -> discord_forms.Form:
    if isinstance(card, QuestionCard):
        return discord_forms.question_form(card, 1)
    return discord_forms.code_form(card, 1)


def on_slack(scene: Scene) -> str:
    """What somebody in a conversation with the bot in Slack sees."""
    if scene.form is not None:
        return page("slack", slack_view.form(_slack_form(scene.form)))
    above = asked(scene.asked) if scene.asked else []
    posts = [post(slack_view.message(one.blocks), private=False) for one in messages(scene.cards, above=above)]
    for card in pictures(scene.cards):
        shown = f"<div class='sent'>{card.name}</div>{discord_view.picture(card.png, card.alt)}"
        posts.append(post(shown, private=False))
    return page("slack", "".join(posts))


def _slack_form(card: QuestionCard | ChallengeCard) -> slack_forms.View:
    if isinstance(card, QuestionCard):
        return slack_forms.question_form(card, ORIGIN)
    return slack_forms.code_form(card, ORIGIN)


PLATFORMS = {"discord": on_discord, "slack": on_slack}
