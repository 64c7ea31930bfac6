"""What people do in Slack, and what they then see: the half of the fake that tests hold in their hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes import slack_payloads as payloads
from tests.fakes.slack_chat import bot_user, direct
from tests.fakes.slack_checks import check_message
from tests.fakes.slack_parts import elements
from tests.fakes.slack_routes import put_answer
from tests.fakes.slack_views import answer_submission, close_top
from tests.fakes.slack_wire import Delivery, Wire
from tests.fakes.slack_world import (
    Channel,
    Json,
    Message,
    RefusedError,
    ResponseUrl,
    Seen,
    StoredFile,
    View,
    World,
)


class People:
    """Actions of people. Each returns what the person saw since, once there are `shows` new things to see.

    Wrong use of a control (a choice that is not offered, an empty required input) raises ValueError: no person could do it.
    """

    world: World
    wire: Wire
    base: str
    patience: float

    async def command(
        self, text: str, *, user: str = "U1", channel: str = "C1", name: str = "/learn", shows: int = 1, times: int = 1
    ) -> list[Seen]:
        """Type a slash command; `times=2` for one that arrives twice."""
        place = self._place(user, channel)
        who = self._who(user, place)
        payload = payloads.command(who, place, name, text)
        return await self._act("slash_commands", payload, user, place, shows, times)

    async def click(
        self,
        where: Message | View | Seen,
        action_id: str,
        *,
        user: str = "U1",
        value: Any = None,
        shows: int = 1,
        times: int = 1,
    ) -> list[Seen]:
        """Press a button, or choose `value` in a select, in a message, a modal or a home."""
        target = self._target(where)
        block, element = self._element(target.blocks, action_id)
        if isinstance(target, View):
            return await self._click_in_view(target, block, element, user, value, shows, times)
        if target.gone or user not in self.world.audience(target):
            raise ValueError(f"{user} does not see that message")
        place = self.world.channels[target.channel]
        who = self._who(user, place, target)
        action = payloads.action(element, block["block_id"], value, self.world.ts())
        state = (
            {block["block_id"]: {element["action_id"]: payloads.state_of(element, value)}}
            if element["type"] != "button"
            else {}
        )
        payload = payloads.action_on_message(who, place, target, action, state)
        return await self._act("interactive", payload, user, place, shows, times)

    async def _click_in_view(
        self, view: View, block: Json, element: Json, user: str, value: Any, shows: int, times: int
    ) -> list[Seen]:
        if not view.open or view.user != user:
            raise ValueError(f"{user} does not see that view")
        action = payloads.action(element, block["block_id"], value, self.world.ts())
        if element["type"] != "button":
            view.state.setdefault(block["block_id"], {})[element["action_id"]] = payloads.state_of(element, value)
        payload = payloads.action_on_view(self._who(user, None, view=view.id), view, action)
        return await self._act("interactive", payload, user, None, shows, times)

    async def submit_view(
        self,
        where: View | Seen,
        values: Mapping[str, Any] | None = None,
        *,
        user: str = "U1",
        shows: int = 1,
        times: int = 1,
    ) -> list[Seen]:
        """Fill a modal in, by action_id or block_id, and hand it in."""
        view = self._target(where)
        if not isinstance(view, View) or not view.open or view.user != user:
            raise ValueError(f"{user} does not see that modal")
        self._fill(view, dict(values or {}))
        who = self._who(user, None, view=view.id)
        payload = payloads.submission(who, view)
        before = len(self.world.sights)
        for _ in range(times):
            delivery = await self.wire.deliver("interactive", payload)
            self._submitted(delivery, view)
        return await self.shown(user, shows, since=before)

    def _submitted(self, delivery: Delivery, view: View) -> None:
        if not delivery.acked:
            self.world.show("trouble", {view.user}, text="We had some trouble connecting. Try again?", view=view)
            return
        try:
            if view.open:
                answer_submission(self.world, view, delivery.answer)
        except RefusedError as refusal:
            self.world.show("trouble", {view.user}, text=str(refusal), view=view)

    def _fill(self, view: View, values: dict[str, Any]) -> None:
        for block in view.blocks:
            if block["type"] != "input":
                continue
            element = block["element"]
            key = next((name for name in (element["action_id"], block["block_id"]) if name in values), None)
            held = view.state.get(block["block_id"], {}).get(element["action_id"])
            if key is not None or held is None:
                held = payloads.state_of(element, values.pop(key) if key else payloads.initial(element))
            if not block.get("optional") and not any(value for name, value in held.items() if name != "type"):
                raise ValueError(f"{element['action_id']!r} has to be filled in")
            view.state.setdefault(block["block_id"], {})[element["action_id"]] = held
        if values:
            raise ValueError(f"there are no inputs {sorted(values)}")

    async def close_view(self, where: View | Seen, *, user: str = "U1", shows: int = 1) -> list[Seen]:
        """Close a modal without handing it in; the app hears of it when it asked to."""
        view = self._target(where)
        assert isinstance(view, View)
        before = len(self.world.sights)
        payload = payloads.closing(self._who(user, None, view=view.id), view, cleared=False)
        close_top(self.world, view)
        if view.content.get("notify_on_close"):
            await self.wire.deliver("interactive", payload)
        return await self.shown(user, shows, since=before)

    async def message_shortcut(
        self, callback_id: str, message: Message | Seen, *, user: str = "U1", shows: int = 1, times: int = 1
    ) -> list[Seen]:
        """Choose a shortcut from the menu of a message."""
        target = self._target(message)
        assert isinstance(target, Message)
        place = self.world.channels[target.channel]
        payload = payloads.message_action(self._who(user, place, target), place, target, callback_id)
        return await self._act("interactive", payload, user, place, shows, times)

    async def shortcut(self, callback_id: str, *, user: str = "U1", shows: int = 1) -> list[Seen]:
        """Choose a shortcut that is no message's."""
        payload = payloads.global_shortcut(self._who(user, None), callback_id)
        return await self._act("interactive", payload, user, None, shows, 1)

    async def open_home(self, *, user: str = "U1", shows: int = 1) -> list[Seen]:
        """Open the app's home tab."""
        team = self.world.users[user].team
        channel = direct(self.world, user, team)
        who = self._who(user, None)
        inner = payloads.home_opened(who, channel.id, self.world.homes.get(user))
        return await self.event(inner, user=user, shows=shows)

    async def say(
        self, text: str, *, user: str = "U1", channel: str = "C1", thread_ts: str = "", blocks: list[Json] | None = None,
        files: tuple[StoredFile, ...] = (), shows: int = 1, times: int = 1,
    ) -> list[Seen]:  # fmt: skip
        """Write a message; the app hears of it where it is in. The writer's own message is not among what is returned."""
        message = self.write(text, user=user, channel=channel, thread_ts=thread_ts, blocks=blocks, files=files)
        place = self.world.channels[message.channel]
        bot = bot_user(place.team)
        inner = payloads.said(self._who(user, place), place, message, bot)
        return await self.event(inner, user=user, shows=shows, times=times) if place.bot_in else []

    def write(
        self, text: str, *, user: str = "U1", channel: str = "C1", thread_ts: str = "", blocks: list[Json] | None = None,
        files: tuple[StoredFile, ...] = (),
    ) -> Message:  # fmt: skip
        """Write a message that the app does not hear of."""
        place = self._place(user, channel)
        shown = [file.shown(self.base) for file in files]
        return self.world.add(
            Message(place.id, self.world.ts(), user, text, blocks or [], thread_ts, files=shown, team=place.team)
        )

    def attach(self, name: str, content: bytes, *, user: str = "U1") -> StoredFile:
        """Put a person's file into Slack, for `say` or, as `file.shown(fake.base)`, for a file_input."""
        stored = StoredFile(f"F{self.world.number()}", name, len(content), content, done=True, user=user)
        self.world.files[stored.id] = stored
        return stored

    async def event(self, inner: Json, *, user: str = "U1", shows: int = 0, times: int = 1) -> list[Seen]:
        """Tell the app of an event of the Events API."""
        who = self._who(user, None)
        payload = payloads.event(who, self.world.number(), bot_user(who.user.team), inner)
        return await self._act("events_api", payload, user, None, shows, times)

    async def redeliver(self, attempt: int = 1) -> Delivery:
        """Tell the app of the last event once more, as Slack does when it heard no answer."""
        last = next(one for one in reversed(self.wire.sent) if one.kind == "events_api")
        return await self.wire.deliver("events_api", last.payload, attempt)

    async def repeat(self) -> Delivery:
        """Tell the app the last thing once more, whatever it was."""
        return await self.wire.deliver(self.wire.sent[-1].kind, self.wire.sent[-1].payload, 1)

    async def shown(self, user: str, shows: int, since: int = 0) -> list[Seen]:
        """What somebody has seen since, once it is so many things.

        Raises:
            AssertionError: it never became so many.
        """

        def found() -> list[Seen]:
            return [seen for seen in self.world.sights[since:] if user in seen.users]

        try:
            await self.world.until(lambda: len(found()) >= shows, self.patience)
        except TimeoutError:
            faults = "; ".join(map(str, self.world.faults))
            told = [(seen.kind, seen.text) for seen in found()]
            raise AssertionError(
                f"{user} was to see {shows} things and saw {told}; faults: {faults or 'none'}"
            ) from None
        return found()

    async def _act(
        self, kind: str, payload: Json, user: str, place: Channel | None, shows: int, times: int
    ) -> list[Seen]:
        before = len(self.world.sights)
        for attempt in range(times):
            delivery = await self.wire.deliver(kind, payload, attempt)
            self._acked(delivery, user, place)
        return await self.shown(user, shows, since=before)

    def _acked(self, delivery: Delivery, user: str, place: Channel | None) -> None:
        if not delivery.acked and delivery.kind != "events_api":
            words = (
                "failed with the error “operation_timeout”"
                if delivery.kind == "slash_commands"
                else "This app did not respond"
            )
            self.world.show("trouble", {user}, text=words)
        elif isinstance(delivery.answer, dict) and delivery.kind == "slash_commands" and place and delivery.answer:
            try:
                check_message(self.world, "ack", delivery.answer)
            except RefusedError as refusal:
                self.world.show("trouble", {user}, text=str(refusal))
                return
            put_answer(self.world, ResponseUrl(user, place.id, 0.0), delivery.answer)

    def _place(self, user: str, channel: str) -> Channel:
        person = self.world.users[user]
        if channel == "dm":
            return direct(self.world, user, person.team)
        place = self.world.channels[channel]
        if user not in place.members:
            raise ValueError(f"{user} is not in {channel}")
        return place

    def _who(self, user: str, place: Channel | None, message: Message | None = None, view: str = "") -> payloads.Who:
        person, url = self.world.users[user], ""
        if place is not None:
            name = f"r{self.world.number()}"
            self.world.response_urls[name] = ResponseUrl(user, place.id, self.world.clock(), message)
            url = f"{self.base}/resp/{name}"
        return payloads.Who(person, self.world.teams[person.team], self.world.ts(), self.world.trigger(user, view), url)

    @staticmethod
    def _target(where: Message | View | Seen) -> Message | View:
        target = (where.view or where.message) if isinstance(where, Seen) else where
        if target is None:
            raise ValueError(f"nothing to act on in {where}")
        return target

    @staticmethod
    def _element(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
        inner = [child for block in blocks for child in (block, *(block.get("child_blocks") or []))]
        found = [
            (block, element) for block in inner for element in elements(block) if element["action_id"] == action_id
        ]
        if not found:
            raise ValueError(
                f"there is no {action_id!r}; there are {[one['action_id'] for block in inner for one in elements(block)]}"
            )
        return found[0]
