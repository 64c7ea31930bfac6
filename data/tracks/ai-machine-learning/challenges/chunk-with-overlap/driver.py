"""Calls chunk and turns the one exception the task asks for into a value."""


def drive(learner, tokens, size, overlap):
    try:
        return {"returned": learner.chunk(tokens, size, overlap)}
    except ValueError:
        return {"raised": "ValueError"}
