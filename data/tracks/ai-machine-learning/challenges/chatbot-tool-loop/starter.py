from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


def chat(
    llm: Callable[[list[Message]], dict[str, Any]], tools: dict[str, Callable[..., Any]], question: str, max_calls: int
) -> tuple[str | None, list[Message]]:
    """The model's final text, or None, and the whole conversation."""
    messages = [{"role": "user", "content": question}]
    return llm(messages)["text"], messages
