"""Plays a list of steps against one Registry; a refusal becomes a value, so that the steps after it can be seen too."""

REFUSED = ValueError  # bound here: the name could mean something else once the learner's code has run


def drive(learner, steps):
    registry = learner.Registry()
    return [play(registry, *step) for step in steps]


def play(registry, verb, *versions):
    try:
        return {"returned": getattr(registry, verb)(*versions)}
    except REFUSED:
        return {"raised": "ValueError"}
