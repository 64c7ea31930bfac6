"""Calls render and turns the one exception the task asks for into a value that names what was missing."""

MISSING = KeyError  # bound here: the name could mean something else once the learner's code has run


def drive(learner, template, values):
    try:
        return {"returned": learner.render(template, values)}
    except MISSING as fault:
        return {"raised": "KeyError", "missing": list(fault.args)}
