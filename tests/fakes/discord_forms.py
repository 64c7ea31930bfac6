"""How what people choose and type becomes the data of an interaction; what their screen would not let them do raises. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.discord_rules import CHECKBOXES, RADIOS, STRING_SELECT, TEXT_INPUT, walk
from tests.fakes.discord_state import ADMINISTRATOR, Channel, Role, User
from tests.fakes.discord_world import World

Filled = dict[str, Any]
SUB, GROUP, STRING, INTEGER, BOOLEAN, ATTACHMENT, NUMBER = 1, 2, 3, 4, 5, 11, 10
FILE_UPLOAD, CHECKBOX = 19, 23


def visible(command: Mapping[str, Any], channel: Channel, user: User, allowed: int) -> bool:
    """Whether someone who may do that much is offered a command in a channel."""
    needed = command.get("default_member_permissions")
    if (
        channel.guild
        and needed is not None
        and not allowed & ADMINISTRATOR
        and (int(needed) & ~allowed or int(needed) == 0)
    ):
        return False
    context = 0 if channel.guild else 1 if channel.person else 2
    contexts = command.get("contexts")
    if contexts is not None and context not in contexts:
        return False
    if contexts is None and command.get("dm_permission") is False and context:
        return False
    installs = command.get("integration_types") or [0]
    by_guild = 0 in installs and (context == 1 or bool(channel.guild and channel.guild.has_bot))
    return by_guild or (1 in installs and user.installed)


def slash_data(
    command: Mapping[str, Any], name: str, options: Mapping[str, Any], world: World, *, focused: str = ""
) -> Filled:
    """The data of a slash command used with these options."""
    path = name.split()[1:]
    level = command
    chain = []
    for part in path:
        level = next((o for o in level.get("options") or () if o["name"] == part and o["type"] in {SUB, GROUP}), {})
        assert level, f"/{name}: no subcommand {part}"
        chain.append(level)
    declared = {o["name"]: o for o in level.get("options") or ()}
    assert not any(o["type"] in {SUB, GROUP} for o in declared.values()), f"/{name} needs one of {sorted(declared)}"
    unknown = set(options) - set(declared)
    assert not unknown, f"/{name} has no option {sorted(unknown)}, only {sorted(declared)}"
    missing = [key for key, o in declared.items() if o.get("required") and key not in options and not focused]
    assert not missing, f"/{name} requires {missing}"
    resolved: dict[str, Any] = {}
    given = [_option(declared[key], value, world, resolved, focused=key == focused) for key, value in options.items()]
    for part in reversed(chain):
        given = [{"name": part["name"], "type": part["type"], "options": given}]
    data: Filled = {"id": command["id"], "name": command["name"], "type": 1, "options": given}
    return data | ({"resolved": resolved} if resolved else {})


def _option(option: Mapping[str, Any], value: Any, world: World, resolved: dict[str, Any], *, focused: bool) -> Filled:
    kind, name = option["type"], option["name"]
    if focused:
        assert option.get("autocomplete"), f"option {name} suggests nothing"
        return {"name": name, "type": kind, "value": value, "focused": True}
    if kind == ATTACHMENT:
        return {"name": name, "type": kind, "value": _uploaded(value, world, resolved)}
    if not isinstance(value, str | int | float):
        return {"name": name, "type": kind, "value": _entity(value, world, resolved)}
    wanted = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}[kind]
    assert isinstance(value, wanted), f"option {name} takes {wanted}"  # type: ignore[arg-type]  # a table of types
    choices = [choice["value"] for choice in option.get("choices") or ()]
    assert not choices or value in choices, f"option {name} offers {choices}"
    size = len(value) if isinstance(value, str) else value
    low, high = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    assert option.get(low) is None or size >= option[low], f"option {name} below {low}"
    assert option.get(high) is None or size <= option[high], f"option {name} above {high}"
    return {"name": name, "type": kind, "value": value}


def _uploaded(file: tuple[str, bytes], world: World, resolved: dict[str, Any]) -> str:
    shown = world.upload(*file)
    resolved.setdefault("attachments", {})[shown["id"]] = shown
    return str(shown["id"])


def _entity(thing: Any, world: World, resolved: dict[str, Any]) -> str:
    kind, shown = (
        ("users", thing.payload())
        if isinstance(thing, User)
        else ("roles", thing.payload())
        if isinstance(thing, Role)
        else ("channels", {**world.channel_payload(thing), "permissions": "0"})
    )
    resolved.setdefault(kind, {})[str(thing.id)] = shown
    return str(thing.id)


def fill(control: Mapping[str, Any], values: Sequence[Any], world: World) -> Filled:
    """The data of a select with these chosen."""
    least, most = control.get("min_values"), control.get("max_values")
    assert len(values) >= (1 if least is None else least), f"{control['custom_id']}: too few chosen"
    assert len(values) <= (1 if most is None else most), f"{control['custom_id']}: too many chosen"
    if control["type"] in {STRING_SELECT, CHECKBOXES}:
        return {"values": [_chosen(control, value) for value in values]}
    resolved: dict[str, Any] = {}
    chosen = [_entity(value, world, resolved) for value in values]
    return {"values": chosen} | ({"resolved": resolved} if resolved else {})


def _chosen(control: Mapping[str, Any], wanted: Any) -> str:
    options = control.get("options") or ()
    for key in ("value", "label"):
        found = [option["value"] for option in options if option.get(key) == wanted]
        if found:
            return str(found[0])
    raise AssertionError(f"{control['custom_id']} offers {[o['value'] for o in options]}, not {wanted!r}")


def modal_data(modal: Mapping[str, Any], values: Mapping[str, Any], world: World) -> Filled:
    """The data of a modal sent with these values."""
    fields = {c["custom_id"] for c in walk(modal["components"]) if c.get("custom_id")}
    unknown = set(values) - fields
    assert not unknown, f"the modal has no field {sorted(unknown)}, only {sorted(fields)}"
    resolved: dict[str, Any] = {}
    components = list(_sent(modal["components"], values, world, resolved))
    data: Filled = {"custom_id": modal["custom_id"], "components": components}
    return data | ({"resolved": resolved} if resolved else {})


def _sent(
    components: Sequence[Mapping[str, Any]], values: Mapping[str, Any], world: World, resolved: dict[str, Any]
) -> Iterator[Filled]:
    for number, top in enumerate(components, start=1):
        sent: Filled = {"type": top["type"], "id": top.get("id") or number}
        if "component" in top:
            sent["component"] = _field(top["component"], values, world, resolved)
        elif top.get("components"):
            sent["components"] = [_field(child, values, world, resolved) for child in top["components"]]
        yield sent


def _field(field: Mapping[str, Any], values: Mapping[str, Any], world: World, resolved: dict[str, Any]) -> Filled:
    name, kind = field["custom_id"], field["type"]
    sent: Filled = {"type": kind, "id": 100, "custom_id": name}
    needed = field.get("required", True)
    if kind == TEXT_INPUT:
        return {**sent, "value": _typed(field, values.get(name, field.get("value") or ""))}
    if kind == CHECKBOX:
        return {**sent, "value": bool(values.get(name, field.get("default", False)))}
    if kind == RADIOS:
        chosen = values.get(name, next((o["value"] for o in field["options"] if o.get("default")), None))
        assert chosen is not None or not needed, f"{name} must be filled in"
        return {**sent, "value": None if chosen is None else _chosen(field, chosen)}
    given = values.get(name, [o["value"] for o in field.get("options") or () if o.get("default")])
    assert given or not needed, f"{name} must be filled in"
    if kind == FILE_UPLOAD:
        assert len(given) <= (field.get("max_values") or 1), f"{name}: too many files"
        return {**sent, "values": [_uploaded(file, world, resolved) for file in given]}
    done = fill(field, given, world) if given else {"values": []}
    for key, entries in done.pop("resolved", {}).items():
        resolved.setdefault(key, {}).update(entries)
    return {**sent, **done}


def _typed(field: Mapping[str, Any], text: str) -> str:
    name = field["custom_id"]
    assert text or not field.get("required", True), f"{name} must be filled in"
    assert not text or len(text) >= (field.get("min_length") or 0), f"{name} is too short"
    assert len(text) <= (field.get("max_length") or 4000), f"{name} is too long"
    return text
