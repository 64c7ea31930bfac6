"""Scripts of a fake model; when a script ends, the model repeats its last reply, so a loop without a limit never ends well."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args); args are the model's replies in order, the question, max_calls."""
    yield "one tool", True, ([asks(call("c1", "add", a=2, b=3)), says("It is 5.")], "What is 2 + 3?", 5)
    yield "a division by zero", True, ([asks(call("c1", "divide", a=1, b=0)), says("That has no answer.")], "What is 1 / 0?", 5)
    a, b = (int(v) for v in rng.integers(2, 99, size=2))
    item = str(rng.choice(["tea", "cups"]))
    first, second, third = (f"c{int(v)}" for v in rng.permutation(np.arange(10, 99))[:3])
    done = says(f"Done with {a}.")
    question = f"Please do {b}."
    adds, looks = call(first, "add", a=a, b=b), call(second, "stock", item=item)
    yield "no tool needed", False, ([done], question, int(rng.integers(1, 5)))
    yield "two calls in one reply", False, ([asks(adds, looks), done], question, 4)
    yield "two rounds", False, ([asks(adds, text="Let me see."), asks(looks), done], question, 4)
    yield "an unknown tool among others", False, ([asks(adds, call(third, f"fly_{a}"), looks), done], question, 4)
    yield "a tool that refuses", False, ([asks(call(third, "stock", item=f"boat {b}"), adds), done], question, 4)
    yield "wrong argument names", False, ([asks(call(third, "add", x=a, y=b)), asks(adds), done], question, 4)
    yield "never finishes", False, ([asks(adds)], question, int(rng.integers(3, 6)))
    yield "finishes at the last call", False, ([asks(adds), asks(looks), done], question, 3)
    yield "one call too late", False, ([asks(adds), asks(looks), done], question, 2)
    yield "a single call allowed", False, ([asks(looks, adds), done], question, 1)
    yield "an empty answer is an answer", False, ([asks(adds), says("")], question, 4)
    yield "a result of zero", False, ([asks(call(first, "add", a=a, b=-a), call(second, "stock", item="cups")), done], question, 4)


def call(id_, name, **inputs):
    """One tool call."""
    return {"id": id_, "name": name, "input": inputs}


def asks(*calls, text=""):
    """A reply that asks for tools."""
    return {"text": text, "calls": list(calls)}


def says(text):
    """A final reply."""
    return {"text": text, "calls": []}
