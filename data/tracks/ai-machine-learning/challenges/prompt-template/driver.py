"""Calls render and turns the one exception the task asks for into a value that names what was missing."""


def drive(learner, template, values):
    try:
        return {"returned": learner.render(template, values)}
    except KeyError as fault:
        return {"raised": "KeyError", "missing": list(fault.args)}
