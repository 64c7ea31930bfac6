def problems(messages):
    if not messages:
        return [(0, "empty")]
    found = []
    for i, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role not in ("user", "assistant"):
            found.append((i, "role"))
        if role == (messages[i - 1].get("role") if i else "assistant"):
            found.append((i, "order"))
        if not isinstance(content, str) or content == "":
            found.append((i, "content"))
    if role != "user":
        found.append((i, "end"))
    return found
