"""What Discord refuses in messages, modals and suggestions though its published schema lets it pass. Pure; knows no server.

Each function takes a payload and returns one sentence per fault, none when all is well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Payload = Mapping[str, Any]

V2_FLAG = 1 << 15
EPHEMERAL_FLAG = 1 << 6
ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, CONTAINER, LABEL = 9, 10, 11, 12, 13, 17, 18
SELECTS = frozenset({STRING_SELECT, 5, 6, 7, 8})
RADIOS, CHECKBOXES = 21, 22
LINK, PREMIUM = 5, 6
OLD_KINDS = frozenset({ROW, BUTTON, *SELECTS})
MODAL_TOPS = frozenset({ROW, TEXT, LABEL})
MENTION_KINDS = frozenset({"roles", "users", "everyone"})
EMBED_SUM, CONTENT, TEXT_SUM, NESTED, FILES = 6000, 2000, 4000, 40, 10


def walk(components: Iterable[Payload]) -> Iterator[Payload]:
    """Every component, parents before children."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        for name in ("accessory", "component"):
            if component.get(name):
                yield from walk([component[name]])


def is_v2(payload: Payload) -> bool:
    """Whether the message says that it is laid out by its components alone."""
    return bool((payload.get("flags") or 0) & V2_FLAG)


def message_faults(payload: Payload, *, partial: bool = False, files: Iterable[str] = ()) -> list[str]:
    """Faults of a message. A partial one is an edit, which may leave things out; `files` are the names uploaded with it."""
    names = list(files)
    faults = [
        *_size_faults(payload),
        *_embed_faults(payload.get("embeds") or ()),
        *component_faults(payload.get("components") or (), v2=is_v2(payload)),
        *_mention_faults(payload.get("allowed_mentions") or {}),
        *_file_faults(payload, names),
    ]
    if is_v2(payload):
        faults += [
            f"{key} in a message of flag {V2_FLAG}"
            for key in ("content", "embeds", "poll", "sticker_ids")
            if payload.get(key)
        ]
    if (
        not partial
        and not names
        and not any(payload.get(key) for key in ("content", "embeds", "components", "poll", "sticker_ids"))
    ):
        faults.append("empty message")
    return faults


def _size_faults(payload: Payload) -> Iterator[str]:
    if len(payload.get("content") or "") > CONTENT:
        yield f"content longer than {CONTENT}"
    nonce = payload.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        yield "nonce longer than 25"
    if payload.get("enforce_nonce") and nonce is None:
        yield "enforce_nonce without nonce"


def _embed_faults(embeds: Iterable[Payload]) -> Iterator[str]:
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or ()
        texts = [
            embed.get("title"),
            embed.get("description"),
            (embed.get("footer") or {}).get("text"),
            (embed.get("author") or {}).get("name"),
        ]
        texts += [field.get(key) for field in fields for key in ("name", "value")]
        total += sum(len(text or "") for text in texts)
        if any(not (field.get(key) or "").strip() for field in fields for key in ("name", "value")):
            yield "embed field without name or value"
    if total > EMBED_SUM:
        yield f"embeds together longer than {EMBED_SUM}"


def _mention_faults(allowed: Payload) -> Iterator[str]:
    parse = set(allowed.get("parse") or ())
    if parse - MENTION_KINDS:
        yield "allowed_mentions parses an unknown kind"
    for kind in ("users", "roles"):
        listed = allowed.get(kind) or ()
        if kind in parse and listed:
            yield f"allowed_mentions both parses and lists {kind}"
        if len(listed) > 100:
            yield f"allowed_mentions lists more than 100 {kind}"


def _file_faults(payload: Payload, names: list[str]) -> Iterator[str]:
    if len(names) > FILES:
        yield f"more than {FILES} files"
    listed = {str(item.get("filename") or "") for item in payload.get("attachments") or ()}
    for component in walk(payload.get("components") or ()):
        for url in _media(component):
            if url.startswith("attachment://") and url.removeprefix("attachment://") not in {*names, *listed}:
                yield f"component shows {url}, which was not uploaded"
            elif component.get("type") == FILE and not url.startswith("attachment://"):
                yield "file component without an uploaded file"


def _media(component: Payload) -> Iterator[str]:
    medias = [
        component.get("media"),
        component.get("file"),
        *(item.get("media") for item in component.get("items") or ()),
    ]
    yield from (str(media.get("url")) for media in medias if media)


def component_faults(components: Iterable[Payload], *, v2: bool) -> list[str]:
    """Faults of the components of a message."""
    tops = list(components)
    everything = list(walk(tops))
    faults = [*_twice(everything), *(fault for component in everything for fault in _one_faults(component))]
    if v2:
        if len(everything) > NESTED:
            faults.append(f"more than {NESTED} components")
        if sum(len(c.get("content") or "") for c in everything if c.get("type") == TEXT) > TEXT_SUM:
            faults.append(f"text displays together longer than {TEXT_SUM}")
    else:
        if any(c.get("type") not in OLD_KINDS for c in everything):
            faults.append(f"component of the second version without flag {V2_FLAG}")
        if len(tops) > 5:
            faults.append("more than 5 rows")
    return faults


def _twice(components: Iterable[Payload]) -> Iterator[str]:
    for key in ("custom_id", "id"):
        count = Counter(c[key] for c in components if c.get(key))
        yield from (f"{key} {value!r} twice" for value, times in count.items() if times > 1)


def _one_faults(component: Payload) -> Iterator[str]:
    kind = component.get("type")
    if kind == BUTTON:
        yield from _button_faults(component)
    elif kind in SELECTS or kind in {RADIOS, CHECKBOXES}:
        yield from _select_faults(component)
    elif kind == ROW:
        yield from _row_faults([child.get("type") for child in component.get("components") or ()])
    elif kind == TEXT and not (component.get("content") or "").strip():
        yield "empty text display"
    elif kind == TEXT_INPUT:
        yield from _input_faults(component)


def _button_faults(button: Payload) -> Iterator[str]:
    style = button.get("style")
    wanted = {LINK: "url", PREMIUM: "sku_id"}.get(style or 0, "custom_id")
    if not button.get(wanted):
        yield f"button of style {style} without {wanted}"
    if any(button.get(key) for key in {"url", "sku_id", "custom_id"} - {wanted}):
        yield f"button of style {style} with more than {wanted}"
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield "button without label or emoji"
    if style == LINK and not re.match(r"(https?|discord)://|$", button.get("url") or ""):
        yield "button with a url of another scheme"


def _row_faults(kinds: list[Any]) -> Iterator[str]:
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        yield "select shares its row"
    if not kinds:
        yield "empty row"


def _select_faults(select: Payload) -> Iterator[str]:
    options = select.get("options") or ()
    values = [option.get("value") for option in options]
    if len(set(values)) < len(values):
        yield "option value twice"
    if select.get("type") == STRING_SELECT and not options:
        yield "select without options"
    least, most = select.get("min_values"), select.get("max_values")
    most_set = 1 if most is None else most
    if least is not None and least > most_set:
        yield "min_values above max_values"
    if options and most is not None and most > len(options):
        yield "max_values above the number of options"
    if sum(bool(option.get("default")) for option in options) > most_set:
        yield "more defaults than max_values"


def _input_faults(box: Payload) -> Iterator[str]:
    least, most = box.get("min_length"), box.get("max_length")
    if least is not None and most is not None and least > most:
        yield "min_length above max_length"
    value = box.get("value") or ""
    if most is not None and len(value) > most:
        yield "value longer than max_length"
    if value and least is not None and len(value) < least:
        yield "value shorter than min_length"


def modal_faults(modal: Payload) -> list[str]:
    """Faults of a modal."""
    tops = list(modal.get("components") or ())
    everything = list(walk(tops))
    faults = [*_twice(everything), *(fault for component in everything for fault in _one_faults(component))]
    if not 1 <= len(tops) <= 5:
        faults.append("a modal has 1 to 5 components")
    if any(c.get("type") not in MODAL_TOPS for c in tops):
        faults.append("component not allowed at the top of a modal")
    if any(
        c.get("type") == TEXT_INPUT and not c.get("label")
        for row in tops
        if row.get("type") == ROW
        for c in row.get("components") or ()
    ):
        faults.append("text input in a row without label")
    if not (modal.get("title") or "").strip():
        faults.append("modal without title")
    return faults


def choices_faults(choices: Iterable[Payload]) -> list[str]:
    """Faults of the suggestions of an autocomplete."""
    given = list(choices)
    faults = ["choice without name" for choice in given if not str(choice.get("name") or "").strip()]
    if any(isinstance(choice.get("value"), str) and not 1 <= len(choice["value"]) <= 100 for choice in given):
        faults.append("choice value not of 1 to 100 characters")
    if len({str(choice.get("name")) for choice in given}) < len(given):
        faults.append("choice name twice")
    return faults
