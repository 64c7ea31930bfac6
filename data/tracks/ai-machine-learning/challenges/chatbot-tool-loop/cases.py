"""Scripts of a fake model that reads: {id} in a script stands for what came of that call, so what is not shown is not known.
When a script ends, the model repeats its last reply, so a loop without a limit never ends well."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args); args are the model's replies in order, the question, max_calls, what is on the shelf."""
    yield "one tool, whose result the model reads", True, ([asks(call("c1", "add", a=2, b=3)), says("It is {c1}.")], "What is 2 + 3?", 5, {})
    yield "a division by zero", True, ([asks(call("c1", "divide", a=1, b=0)), says("That has no answer.")], "What is 1 / 0?", 5, {})
    a, b = (int(v) for v in rng.integers(2, 99, size=2))
    item, other = (str(v) for v in rng.permutation(["tea", "cups", "pots"])[:2])
    shelf = {item: int(rng.integers(100, 10_000)), other: 0}
    first, second, third = (f"c{int(v)}" for v in rng.permutation(np.arange(10, 99))[:3])
    done = says(f"Done with {a}: {{{first}}}, {{{second}}}, {{{third}}}.")
    question = f"Please do {b}."
    adds, looks = call(first, "add", a=a, b=b), call(second, "stock", item=item)
    chained = call(third, "add", a=f"{{{first}}}", b=f"{{{second}}}")
    asked = {  # what the model asks for in each round, what it says at the end, and how often it may be called
        "no tool needed": ([], done, int(rng.integers(1, 5))),
        "two calls in one reply": ([asks(adds, looks)], done, 4),
        "two rounds": ([asks(adds, text="Let me see."), asks(looks)], done, 4),
        "a call that needs earlier results": ([asks(adds, looks), asks(chained)], done, 4),
        "an unknown tool among others": ([asks(adds, call(third, f"fly_{a}"), looks)], done, 4),
        "a tool that refuses": ([asks(call(third, "take", item=item, number=10_000 + b), adds)], done, 4),
        "a key that is missing inside a tool": ([asks(call(third, "stock", item=f"boat {b}"), adds)], done, 4),
        "a tool that returns nothing": ([asks(call(third, "take", item=item, number=b), looks)], done, 4),
        "wrong argument names": ([asks(call(third, "add", x=a, y=b)), asks(adds)], done, 4),
        "never finishes": ([], asks(adds), int(rng.integers(3, 6))),
        "finishes at the last call": ([asks(adds), asks(looks)], done, 3),
        "one call too late": ([asks(adds), asks(looks)], done, 2),
        "a single call allowed": ([asks(looks, adds)], done, 1),
        "an empty answer is an answer": ([asks(adds)], says(""), 4),
        "a result of zero": ([asks(call(first, "add", a=a, b=-a), call(second, "stock", item=other))], done, 4),
    }
    for name, (rounds, last, max_calls) in asked.items():
        yield name, False, ([*rounds, last], question, max_calls, shelf)


def call(id_, name, **inputs):
    """One tool call."""
    return {"id": id_, "name": name, "input": inputs}


def asks(*calls, text=""):
    """A reply that asks for tools."""
    return {"text": text, "calls": list(calls)}


def says(text):
    """A final reply."""
    return {"text": text, "calls": []}
