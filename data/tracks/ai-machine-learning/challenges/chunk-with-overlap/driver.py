"""Calls chunk and turns the one exception the task asks for into a value."""

REFUSED = ValueError  # bound here: the name could mean something else once the learner's code has run


def drive(learner, tokens, size, overlap):
    try:
        return {"returned": learner.chunk(tokens, size, overlap)}
    except REFUSED:
        return {"raised": "ValueError"}
