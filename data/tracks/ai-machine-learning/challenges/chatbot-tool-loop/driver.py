"""Plays the model from a script and keeps what it was shown at each call; the tools really work, and really fail."""
import copy

STOCK = {"tea": 4, "cups": 0}


def drive(learner, script, question, max_calls):
    shown = []

    def llm(messages):
        if len(shown) > max_calls:
            raise RuntimeError(f"the model was called more than {max_calls} times")
        shown.append(copy.deepcopy(messages))
        return copy.deepcopy(script[min(len(shown), len(script)) - 1])

    text, messages = learner.chat(llm, dict(TOOLS), question, max_calls)
    return {"text": text, "messages": messages, "shown to the model": shown}


def add(a, b):
    return a + b


def divide(a, b):
    return a / b


def stock(item):
    if item not in STOCK:
        raise LookupError(f"we do not sell {item}")
    return STOCK[item]


TOOLS = {"add": add, "divide": divide, "stock": stock}
