"""The API's methods around modals and the home tab, and what an answer to a submitted modal does to them."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack_chat import Call
from tests.fakes.slack_checks import check_view
from tests.fakes.slack_parts import name_parts
from tests.fakes.slack_world import Json, RefusedError, Trigger, View, World

TRIGGER_SECONDS = 3.0
DEEPEST = 3


def _trigger(call: Call) -> Trigger:
    """Use up a permission to open a modal; it is single use and lives three seconds."""
    call.need("trigger_id")
    name = str(call.args["trigger_id"])
    found = call.world.triggers.get(name)
    if found is None:
        call.world.fault("trigger", f"{call.method}: unknown trigger_id {name!r}")
        raise RefusedError("invalid_trigger_id")
    if found.at == float("-inf"):
        call.world.fault("trigger", f"{call.method}: trigger_id {name!r} was used before")
        raise RefusedError("exchanged_trigger_id")
    age = call.world.clock() - found.at
    if age > TRIGGER_SECONDS:
        call.world.fault("trigger", f"{call.method}: trigger_id is {age:.1f} s old")
        raise RefusedError("expired_trigger_id")
    call.world.triggers[name] = Trigger(found.user, float("-inf"), found.view)
    return found


def new_view(world: World, user: str, team: str, content: Json) -> View:
    """A view with a name and a hash."""
    name_parts(content["blocks"], world.number)
    view = View(f"V{world.number()}", user, team, content, world.hash())
    world.views[view.id] = view
    return view


def show(world: World, kind: str, view: View) -> None:
    """Put a view before its owner's eyes."""
    world.show(kind, {view.user}, text=view.title, view=view, blocks=tuple(view.blocks))


def open_view(call: Call) -> Json:
    """Open a modal, in place of those that are open."""
    content = check_view(call.world, call.method, call.args.get("view"))
    trigger = _trigger(call)
    view = new_view(call.world, trigger.user, call.install.team, content)
    for old in call.world.stacks.get(trigger.user, []):
        old.open = False
    call.world.stacks[trigger.user] = [view]
    show(call.world, "modal", view)
    return {"ok": True, "view": view.shown()}


def push_view(call: Call) -> Json:
    """Lay a modal on the one that is open."""
    content = check_view(call.world, call.method, call.args.get("view"))
    trigger = _trigger(call)
    if not trigger.view:
        call.world.fault("trigger", "views.push needs the trigger_id of something done in a modal")
        raise RefusedError("not_found")
    return {"ok": True, "view": push(call.world, trigger.user, call.install.team, content).shown()}


def push(world: World, user: str, team: str, content: Json) -> View:
    """Lay a modal on a person's stack.

    Raises:
        RefusedError: there are three already.
    """
    stack = world.stacks.setdefault(user, [])
    if len(stack) >= DEEPEST:
        world.fault("push", f"a fourth modal for {user}")
        raise RefusedError("push_limit_reached")
    view = new_view(world, user, team, content)
    if stack:
        view.root, view.previous = stack[0].id, stack[-1].id
    stack.append(view)
    show(world, "modal", view)
    return view


def update_view(call: Call) -> Json:
    """Put other content into an open modal."""
    content = check_view(call.world, call.method, call.args.get("view"), ("modal", "home"))
    view = _named(call)
    hold(call.world, call.args.get("hash"), view)
    refill(call.world, view, content)
    return {"ok": True, "view": view.shown()}


def _named(call: Call) -> View:
    if not call.args.get("view_id") and not call.args.get("external_id"):
        call.need("view_id")
    for view in call.world.views.values():
        external = view.content.get("external_id")
        if view.open and (
            view.id == call.args.get("view_id") or (external and external == call.args.get("external_id"))
        ):
            return view
    raise RefusedError("not_found")


def hold(world: World, claimed: Any, view: View | None) -> None:
    """Refuse a change that was made for another state of a view."""
    if claimed and (view is None or claimed != view.hash):
        raise RefusedError("hash_conflict")


def refill(world: World, view: View, content: Json, kind: str = "modal_update") -> None:
    """Give a view other content, a new hash, and keep what was typed where the input stays."""
    kept = {block["block_id"]: block for block in name_parts(content["blocks"], world.number)}
    view.content, view.hash = content, world.hash()
    view.state = {name: value for name, value in view.state.items() if name in kept}
    show(world, kind, view)


def publish(call: Call) -> Json:
    """Put content into a person's home tab."""
    content = check_view(call.world, call.method, call.args.get("view"), ("home",))
    call.need("user_id")
    user = call.args["user_id"]
    if user not in call.world.users:
        raise RefusedError("invalid_arguments")
    old = call.world.homes.get(user)
    hold(call.world, call.args.get("hash"), old)
    if old is None:
        old = call.world.homes[user] = new_view(call.world, user, call.install.team, content)
    refill(call.world, old, content, "home")
    return {"ok": True, "view": old.shown()}


def answer_submission(world: World, view: View, answer: Json | None) -> None:
    """Do to a submitted modal what the app's answer says: close it when that is empty."""
    action = (answer or {}).get("response_action")
    if not action:
        close_top(world, view)
    elif action == "errors":
        _errors(world, view, (answer or {}).get("errors"))
    elif action == "clear":
        for one in world.stacks.pop(view.user, []):
            one.open = False
        world.show("modal_close", {view.user}, view=view)
    elif action in ("update", "push"):
        content = check_view(world, f"view_submission.{action}", (answer or {}).get("view"))
        if action == "update":
            refill(world, view, content)
        else:
            push(world, view.user, view.team, content)
    else:
        world.fault("response_action", f"there is no {action!r}")


def close_top(world: World, view: View) -> None:
    """Take a modal from its owner's stack."""
    view.open = False
    stack = world.stacks.get(view.user, [])
    if view in stack:
        stack.remove(view)
    world.show("modal_close", {view.user}, view=view)


def _errors(world: World, view: View, errors: Any) -> None:
    world.validated["errors"] += 1
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - inputs:
        world.fault("errors", f"errors for {errors!r}; the inputs are {sorted(inputs)}")
        raise RefusedError("invalid_errors")
    world.show("errors", {view.user}, text=" ".join(errors.values()), view=view, errors=dict(errors))
