"""Plays a model that reads: in the script, {id} stands for what came of the call with that id, as far as it was shown.

The tools really work, and really fail. What the model was shown and how the tools were used is handed out as it was.
"""


def drive(learner, script, question, max_calls, shelf):
    shown, used = [], []

    def llm(messages):
        if len(shown) > max_calls:
            raise RuntimeError(f"the model was called more than {max_calls} times")
        shown.append(kept(messages))
        return read(script[min(len(shown), len(script)) - 1], outcomes(shown[-1]))

    tools = {name: watched(name, tool, used) for name, tool in toolbox(dict(shelf)).items()}
    text, messages = learner.chat(llm, tools, question, max_calls)
    return {"text": text, "messages": messages, "shown to the model": shown, "tools used": used}


def kept(value):
    """The value as it is now; what happens to it later does not matter."""
    if isinstance(value, dict):
        return {key: kept(part) for key, part in value.items()}
    return [kept(part) for part in value] if isinstance(value, (list, tuple)) else value


def outcomes(history):
    """What came of each call, by the place that stands for it, wherever the history tells it."""
    if isinstance(history, dict) and "id" in history and ("result" in history or "error" in history):
        return {"{%s}" % history["id"]: history.get("result", history.get("error"))}
    parts = history.values() if isinstance(history, dict) else history if isinstance(history, list) else ()
    return {place: told for part in parts for place, told in outcomes(part).items()}


def read(reply, told):
    """The reply, with what the model knows in every place that stands for it."""
    if isinstance(reply, dict):
        return {key: read(part, told) for key, part in reply.items()}
    if isinstance(reply, list):
        return [read(part, told) for part in reply]
    if not isinstance(reply, str) or reply in told:
        return told.get(reply, reply)
    for place, value in told.items():
        reply = reply.replace(place, str(value))
    return reply


def watched(name, tool, used):
    """The tool, noting every use of it."""

    def use(*values, **inputs):
        used.append([name, *kept(values), kept(inputs)])
        return tool(*values, **inputs)

    return use


class SoldOut(Exception):
    """There is less on the shelf than was asked for."""


def add(a, b):
    return a + b


def divide(a, b):
    return a / b


def toolbox(shelf):
    """The tools by name; two of them work on this shelf."""

    def stock(item):
        return shelf[item]

    def take(item, number):
        if shelf[item] < number:
            raise SoldOut(f"only {shelf[item]} of {item} left")
        shelf[item] -= number

    return {"add": add, "divide": divide, "stock": stock, "take": take}
