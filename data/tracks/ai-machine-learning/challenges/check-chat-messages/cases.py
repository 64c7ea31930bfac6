"""Good conversations, each single fault, and conversations with many faults at random places."""
import numpy as np

SAYINGS = ["Hi", "What is recall?", "It is a share.", "Of what?", " Of all positives.\n", "Thanks", "0", "Why?"]
BLANKS = ["", " ", "\n\t", "   \n", "\r\f\v", "\u2003"]


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "two faults", True, ([{"role": "assistant", "content": "Hello"}, {"role": "user", "content": " "}],)
    yield "a system message among the turns", True, ([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],)
    yield "nothing at all", True, ([],)
    yield "a good conversation", False, (good(rng, 2 * int(rng.integers(1, 5)) + 1),)
    yield "one good message", False, (good(rng, 1),)
    yield "the assistant speaks last", False, (good(rng, 2 * int(rng.integers(1, 4))),)
    yield "a user repeats", False, (good(rng, 3) + good(rng, 3),)
    turns = good(rng, 7)
    turns[3] = {"role": "system", "content": pick(rng, SAYINGS)}
    turns[4] = {"role": "system", "content": pick(rng, BLANKS)}
    yield "system messages in the middle, one blank", False, (turns,)
    yield "missing keys", False, ([{"content": pick(rng, SAYINGS)}, {}, {"role": "user"}],)
    turns = good(rng, 8)
    for i, content in zip(rng.permutation(8), (None, 7, ["text"], b"text", "\n ", "\r\f\v", "\u2003")):
        turns[i]["content"] = content
    yield "content of other types", False, (turns,)
    turns = good(rng, 7)
    for i, role in zip(rng.permutation(6), (None, 1, True, b"user", " user ")):
        turns[i]["role"] = role
    yield "roles of other types", False, (turns,)
    turns = good(rng, 5)
    turns[1]["role"] = turns[2]["role"] = int(rng.integers(9))
    yield "equal roles of another type", False, (turns,)
    yield "capital letters in the role", False, ([{"role": "User", "content": pick(rng, SAYINGS)}],)
    yield "only the assistant", False, ([{"role": "assistant", "content": pick(rng, SAYINGS + BLANKS)}],)
    for n in (6, 9):
        roles = rng.choice(["user", "assistant", "system", "tool"], size=n, p=[0.4, 0.4, 0.1, 0.1])
        yield f"{n} random messages", False, ([{"role": str(r), "content": pick(rng, SAYINGS + BLANKS)} for r in roles],)


def good(rng, n):
    """n turns in order, the user first."""
    return [{"role": ("user", "assistant")[i % 2], "content": pick(rng, SAYINGS)} for i in range(n)]


def pick(rng, texts):
    """One of the texts."""
    return texts[int(rng.integers(len(texts)))]

