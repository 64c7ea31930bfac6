from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


def chat(
    llm: Callable[[list[Message]], dict[str, Any]], tools: dict[str, Callable[..., Any]], question: str, max_calls: int
) -> tuple[str | None, list[Message]]:
    """The model's final text, or None, and the whole conversation."""
    messages: list[Message] = [{"role": "user", "content": question}]
    for _ in range(max_calls):
        reply = llm(messages)
        messages.append({"role": "assistant", "content": reply})
        if not reply["calls"]:
            return reply["text"], messages
        messages.append({"role": "user", "content": [run(call, tools) for call in reply["calls"]]})
    return None, messages


def run(call: dict[str, Any], tools: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    """What came of one call: a result, or an error for the model to read."""
    tool = tools.get(call["name"])
    if tool is None:
        return {"id": call["id"], "error": f"no such tool: {call['name']}"}
    try:
        return {"id": call["id"], "result": tool(**call["input"])}
    except Exception as fault:
        return {"id": call["id"], "error": str(fault)}
