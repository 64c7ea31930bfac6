def problems(messages):
    if not messages:
        return [(0, "empty")]
    for i, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role not in ("user", "assistant"):
            return [(i, "role")]
        if role == (messages[i - 1].get("role") if i else "assistant"):
            return [(i, "order")]
        if not isinstance(content, str) or not content.strip():
            return [(i, "content")]
    return [] if role == "user" else [(i, "end")]
