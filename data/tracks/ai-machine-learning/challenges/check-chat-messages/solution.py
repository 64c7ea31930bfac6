def problems(messages: list[dict[str, object]]) -> list[tuple[int, str]]:
    """Everything wrong with a conversation: index of the message, and what is wrong with it."""
    if not messages:
        return [(0, "empty")]
    found = []
    for i, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        refused = messages[i - 1].get("role") if i else "assistant"
        if role not in ("user", "assistant"):
            found.append((i, "role"))
        if role == refused:
            found.append((i, "order"))
        if not isinstance(content, str) or not content.strip():
            found.append((i, "content"))
    if role != "user":
        found.append((i, "end"))
    return found
