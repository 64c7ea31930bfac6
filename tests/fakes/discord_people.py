"""What people do on the fake Discord, and what they then see. Sends interactions as the real one does; knows no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from tests.fakes.discord_account import Account
from tests.fakes.discord_desk import FILE_LIMIT, Desk
from tests.fakes.discord_forms import Filled, fill, modal_data, slash_data, visible
from tests.fakes.discord_hooks import COMMAND, COMPONENT, FIRST_RESPONSE, MODAL, SUGGEST
from tests.fakes.discord_rules import BUTTON
from tests.fakes.discord_state import Channel, Interaction, Message, User, permissions_in

TURNS = (
    30  # of the loop, in which the bot reads the platform's reply before the person, slower than any network, goes on
)
Wait = Literal["answer", "first", "none"]


@dataclass(eq=False)
class Seen:
    """What someone sees after what they did. Alive: what the bot adds later shows here too."""

    interaction: Interaction
    desk: Desk

    @property
    def user(self) -> User:
        """Who did it."""
        return self.interaction.user

    @property
    def messages(self) -> list[Message]:
        """The messages that came of it and still stand, in order."""
        return [m for m in self.interaction.made if not m.deleted and not m.loading]

    @property
    def message(self) -> Message:
        """The one message that came of it, or the one that was edited."""
        found = self.messages or [m for m in self.interaction.edited if not m.deleted]
        assert found, f"no message came of it; callback type {self.interaction.callback}"
        return found[0]

    @property
    def text(self) -> str:
        """The words of all the messages that came of it."""
        return "\n".join(m.text for m in self.messages)

    @property
    def updated(self) -> list[Message]:
        """The messages that were edited because of it."""
        return list(self.interaction.edited)

    @property
    def modal(self) -> dict[str, Any]:
        """The modal that opened."""
        assert self.interaction.modal is not None, f"no modal opened; callback type {self.interaction.callback}"
        return self.interaction.modal

    @property
    def failed(self) -> bool:
        """Whether the platform says that the application did not respond."""
        return self.interaction.callback is None and (
            self.interaction.late_tries > 0 or self.desk.world.clock.now() - self.interaction.created > FIRST_RESPONSE
        )

    @property
    def ack_ms(self) -> float:
        """Milliseconds to the first response."""
        assert self.interaction.acked_at is not None
        return (self.interaction.acked_at - self.interaction.sent_at) * 1000


class People:
    """What can be done, by whom, where."""

    def __init__(self, desk: Desk, account: Account) -> None:
        self.desk = desk
        self.world = desk.world
        self.account = account
        self.patience = 10.0  # real seconds to wait for an answer before the test fails
        self.last_user: User | None = None

    async def slash(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        user: User,
        channel: Channel,
        expired: bool = False,
        wait: Wait = "answer",
    ) -> Seen:
        """Use a slash command, "group sub" for a nested one. A file is given as (name, bytes)."""
        filled = slash_data(self._command(name.split()[0], 1, user, channel), name, options or {}, self.world)
        return await self._do(COMMAND, filled, user, channel, expired=expired, wait=wait)

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str,
        *,
        user: User,
        channel: Channel,
        options: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Type into an option; the suggestions shown."""
        command = self._command(name.split()[0], 1, user, channel)
        filled = slash_data(command, name, {**(options or {}), option: typed}, self.world, focused=option)
        seen = await self._do(SUGGEST, filled, user, channel)
        return seen.interaction.choices or []

    async def message_command(self, name: str, message: Message, *, user: User, wait: Wait = "answer") -> Seen:
        """Use a command of the menu of a message."""
        command = self._command(name, 3, user, message.channel)
        data = {"id": command["id"], "name": name, "type": 3, "target_id": str(message.id)}
        data["resolved"] = {"messages": {str(message.id): self.world.message_payload(message)}}
        return await self._do(COMMAND, data, user, message.channel, wait=wait)

    async def click(
        self,
        message: Message,
        control: str,
        *,
        user: User,
        force: bool = False,
        twice: bool = False,
        expired: bool = False,
        wait: Wait = "answer",
    ) -> Seen:
        """Press a button, named by custom id or label; with `force` any custom id, as a forged or outdated client sends it."""
        if force:
            custom_id = control
        else:
            found = self._usable(message, control, user)
            assert found["type"] == BUTTON, f"{control!r} is no button"
            assert found.get("custom_id"), f"{control!r} is a link to {found.get('url')}"
            custom_id = found["custom_id"]
        data = {"custom_id": custom_id, "component_type": BUTTON}
        return await self._do(
            COMPONENT, data, user, message.channel, source=message, twice=twice, expired=expired, wait=wait
        )

    async def select(
        self, message: Message, control: str, values: Sequence[Any], *, user: User, wait: Wait = "answer"
    ) -> Seen:
        """Choose options of a select by value or label; of a channel, role or person select the things themselves."""
        found = self._usable(message, control, user)
        data = {"custom_id": found["custom_id"], "component_type": found["type"], **fill(found, values, self.world)}
        return await self._do(COMPONENT, data, user, message.channel, source=message, wait=wait)

    async def submit_modal(
        self,
        seen: Seen,
        values: Mapping[str, Any] | None = None,
        *,
        twice: bool = False,
        expired: bool = False,
        wait: Wait = "answer",
    ) -> Seen:
        """Fill in the modal that opened, by custom ids, the rest as prefilled, and send it."""
        origin = seen.interaction
        data = modal_data(seen.modal, values or {}, self.world)
        return await self._do(
            MODAL, data, origin.user, origin.channel, source=origin.source, twice=twice, expired=expired, wait=wait
        )

    def _command(self, name: str, kind: int, user: User, channel: Channel) -> dict[str, Any]:
        """A registered command that this person is offered here."""
        offered = self.commands(user, channel, kind)
        assert name in offered, f"/{name} is not offered to {user.name} here, only {sorted(offered)}"
        return offered[name]

    def commands(self, user: User, channel: Channel, kind: int = 1) -> dict[str, dict[str, Any]]:
        """The commands of a kind that someone is offered in a channel, by name."""
        self._join(user, channel)
        guild = channel.guild
        scopes = [None, guild.id] if guild else [None]
        known = [c for scope in scopes for c in self.account.commands.get(scope, []) if c["type"] == kind]
        allowed = permissions_in(channel, user)
        return {c["name"]: c for c in known if visible(c, channel, user, allowed)}

    def _usable(self, message: Message, control: str, user: User) -> dict[str, Any]:
        assert not message.deleted, "the message is deleted"
        assert message.owner in {None, user}, f"{user.name} does not see this message"
        found = message.control(control)
        assert not found.get("disabled"), f"{control!r} is disabled"
        return found

    def _join(self, user: User, channel: Channel) -> None:
        if channel.guild:
            channel.guild.members.setdefault(user.id, set())

    async def _do(
        self,
        kind: int,
        data: Filled,
        user: User,
        channel: Channel,
        *,
        source: Message | None = None,
        twice: bool = False,
        expired: bool = False,
        wait: Wait = "answer",
    ) -> Seen:
        self._join(user, channel)
        identity = self.world.new_id()
        created = self.world.clock.now() - (timedelta(seconds=4) if expired else timedelta())
        interaction = Interaction(identity, f"token-{identity}", kind, user, channel, created, {}, source=source)
        here = bool(channel.guild and channel.guild.has_bot) or channel.person is not None
        interaction.user_install_only = not here
        interaction.payload = self._payload(interaction, data)
        self.world.interactions[interaction.token] = interaction
        interaction.deliveries = 2 if twice else 1
        for _ in range(interaction.deliveries):
            await self.deliver(interaction)
        await self.desk.notify()
        seen = Seen(interaction, self.desk)
        await self.settle(seen, wait)
        return seen

    @property
    def unanswered(self) -> list[Interaction]:
        """What people did and the bot never answered."""
        return [i for i in self.world.interactions.values() if i.callback is None]

    async def deliver(self, interaction: Interaction) -> None:
        """Tell the bot of something, or tell it again."""
        told = await self.desk.gateway.publish("INTERACTION_CREATE", interaction.payload, interaction.channel.guild)
        assert told, "no session of the bot to tell"

    async def redeliver(self, seen: Seen) -> None:
        """Tell the bot once more what someone did."""
        seen.interaction.deliveries += 1
        await self.deliver(seen.interaction)

    async def settle(self, seen: Seen, wait: Wait = "answer") -> None:
        """Wait until the bot has answered, or until the platform gives up on it."""
        interaction = seen.interaction

        def over() -> bool:
            done = interaction.answered_in_full() if wait == "answer" else interaction.callback is not None
            return done or seen.failed

        try:
            async with asyncio.timeout(None if wait == "none" else self.patience):
                while wait != "none" and not over():
                    interaction.touched.clear()
                    await interaction.touched.wait()
            for _ in range(TURNS if wait != "none" else 0):
                await asyncio.sleep(0)
        except TimeoutError:
            recent = self.desk.requests[-8:]
            raise AssertionError(
                f"no answer to {interaction.payload['data']}; callback type {interaction.callback}; last requests {recent}"
            ) from None

    def _payload(self, interaction: Interaction, data: Filled) -> dict[str, Any]:
        channel, user, world = interaction.channel, interaction.user, self.world
        payload: dict[str, Any] = {
            "id": str(interaction.id), "application_id": str(world.application_id), "type": interaction.kind, "token": interaction.token, "version": 1,
            "channel_id": str(channel.id), "channel": world.channel_payload(channel), "attachment_size_limit": FILE_LIMIT, "locale": user.locale,
            "entitlements": [], "app_permissions": str(permissions_in(channel, world.bot)), "data": data,
        }  # fmt: skip
        guild = channel.guild
        if guild:
            payload |= {
                "guild_id": str(guild.id), "guild_locale": guild.locale, "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
                "member": world.member_payload(guild, user, channel), "context": 0,
            }  # fmt: skip
        else:
            payload |= {"user": user.payload(), "context": 1 if channel.person else 2}
        owners = {"1": str(user.id)} if interaction.user_install_only or user.installed else {}
        if not interaction.user_install_only:
            owners["0"] = str(guild.id) if guild else "0"
        payload["authorizing_integration_owners"] = owners
        if interaction.source is not None:
            payload["message"] = world.message_payload(interaction.source)
        return payload
